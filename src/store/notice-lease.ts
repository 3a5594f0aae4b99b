import type { Db } from './database.ts';
import type { ClaimedNotice } from './notices.ts';

/** Keeps a claimed notice for another while, for as long as its worker lives. */
export async function renewNotice(db: Db, notice: ClaimedNotice, until: Date): Promise<void> {
  await db
    .updateTable('notices')
    .set({ lease_until: until })
    .where('id', '=', String(notice.id))
    .where('lease_token', '=', notice.token)
    .execute();
}
