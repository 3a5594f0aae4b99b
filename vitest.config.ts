import { defineConfig } from 'vitest/config';

// How long something may take says nothing of whether it works: the machine may be busy.
const slow = {
  testTimeout: 180_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
  maxWorkers: 2,
  // Modules hold no state that a test could see: loading them once per worker saves a third of the time.
  isolate: false,
  sequence: { groupOrder: 1 },
};

/** These start a process for each test: they run with the real services alone, so that `npm test` stays short. */
const startsProcesses = [
  'test/integration/eval-ranking.test.ts',
  'test/integration/local-embeddings.test.ts',
];

/**
 * unit: pure code. integration: the embedded default, with fakes over real HTTP.
 * services: the integration suite again on a real PostgreSQL and Redis. e2e: real processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: startsProcesses,
          globalSetup: ['test/support/embedded.setup.ts'],
          ...slow,
        },
      },
      {
        test: {
          name: 'services',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/services.setup.ts'],
          ...slow,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/e2e.setup.ts'],
          fileParallelism: false,
          testTimeout: 420_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 60_000 } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
