import { dispatchDigest } from '../../src/dispatch.ts';
import { Preferences } from '../../src/domain/preferences.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { addSubscribers } from '../../src/store/subscribers.ts';
import type { TestApp } from './app.ts';
import { DAY, freshDigest, listPapers } from './morning.ts';

export const readersOf = (count: number) =>
  Array.from({ length: count }, (_, at) => `reader${at + 1}@example.org`);

/** An edition of three papers whose slices for these readers are planned, and nothing handed over. */
export async function plannedFor(
  t: TestApp,
  readers: readonly string[],
): Promise<{ editionId: string; slices: string[] }> {
  const digest = await freshDigest(t);
  const preferences = Preferences.parse({ digests: [digest] });
  const newcomers = readers.map((email) => ({ email, preferences }));
  await addSubscribers(t.app.db, newcomers, new Date('2025-03-01T00:00:00Z'));
  t.setClock(`${DAY}T05:00:00Z`);
  await listPapers(t, ['Kettles', 'Diffusion of Tea', 'Robots']);
  await freezeEdition(t.app, digest, DAY);
  t.setClock(`${DAY}T07:00:00Z`);
  return { editionId: `${digest}/${DAY}`, slices: await dispatchDigest(t.app, digest) };
}

/** Asks the queue for these slices and works until nothing waits. */
export async function handOver(t: TestApp, slices: readonly string[]): Promise<void> {
  await t.app.queue.enqueueAll(
    'submit',
    slices.map((sliceId) => ({ sliceId })),
  );
  await t.drain();
}
