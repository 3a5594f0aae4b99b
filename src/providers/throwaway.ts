import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { composeAll, emlPath, SLICE_MAX } from './outbox-compose.ts';
import { all, place } from './outbox-files.ts';
import type { Provider } from './provider.ts';

/**
 * The outbox of a replay, whose emails can be made again: the same messages under the same names,
 * but nothing waits for the disk, and there are neither readable copies nor pages to browse them.
 * What the disk refuses is thrown: a replay ends with it.
 */
export function throwaway({ dir }: { readonly dir: string }): Provider {
  return {
    name: 'throwaway',
    account: `throwaway ${dir}`,
    sliceMax: SLICE_MAX,
    keyLifeMs: 0, // a replay that broke off is begun anew
    async submit(emails) {
      const composed = await composeAll(emails);
      if ('why' in composed) return { kind: 'refused', ...composed };
      const files = composed.deliveries.map((one) => ({ path: join(dir, emlPath(one)), ...one }));
      const folders = new Set(files.map(({ path }) => dirname(path)));
      await all([...folders].map((folder) => mkdir(folder, { recursive: true })));
      const found = await all(files.map(({ path, bytes }) => place(path, bytes)));
      return found.includes('other')
        ? { kind: 'conflict', why: 'other bytes under the same name' }
        : {
            kind: 'submitted',
            providerIds: emails.map(({ deliveryId }) => `throwaway-${deliveryId}`),
          };
    },
    close: async () => {},
  };
}
