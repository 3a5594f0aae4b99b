import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPaperboy } from './build.ts';
import './provided.ts';
import { setup as startServices } from './services.setup.ts';

/** The servers, and the program as it is installed in production. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-program-'));
  project.provide('program', await buildPaperboy(folder));
  const end = await startServices(project);
  return async () => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
}
