import type { Db } from './database.ts';

/** Who asks a provider: made once by a migration, the same in every process and in a restored copy. */
export async function installationId(db: Db): Promise<string> {
  const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return id;
}
