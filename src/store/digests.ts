import { Digest } from '../domain/digest.ts';
import type { Db } from './database.ts';

/** Every configured digest, by name. */
export async function listDigests(db: Db): Promise<Digest[]> {
  const rows = await db.selectFrom('digests').select('settings').orderBy('name').execute();
  return rows.map(({ settings }) => Digest.parse(settings));
}

/** @throws UnknownDigestError that lists the ones there are. */
export async function getDigest(db: Db, name: string): Promise<Digest> {
  const digests = await listDigests(db);
  const found = digests.find((digest) => digest.name === name);
  if (found === undefined) throw new UnknownDigestError(name, digests);
  return found;
}

export async function saveDigest(db: Db, digest: Digest): Promise<void> {
  const settings = JSON.stringify(digest);
  await db
    .insertInto('digests')
    .values({ name: digest.name, settings })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ settings }))
    .execute();
}

/** Turns a digest off or on; its settings, editions and deliveries stay. @throws UnknownDigestError */
export async function turnDigest(db: Db, name: string, off: boolean): Promise<void> {
  await saveDigest(db, { ...(await getDigest(db, name)), off });
}

/** Adds a digest unless one of that name is there: what `migrate` does with the default one. */
export async function addDigest(db: Db, digest: Digest): Promise<void> {
  await db
    .insertInto('digests')
    .values({ name: digest.name, settings: JSON.stringify(digest) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

export class UnknownDigestError extends Error {
  override readonly name = 'UnknownDigestError';
  constructor(name: string, digests: readonly Digest[]) {
    super(
      `no digest is named "${name}"; there is ${digests.map((digest) => digest.name).join(', ') || 'none'}`,
    );
  }
}
