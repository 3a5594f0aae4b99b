import type { Db } from './database.ts';

/** What a delivery would have brought may come another day: its papers no longer count as delivered. */
export async function forgetPapers(
  tx: Db,
  editionId: string,
  subscriberId: number | string,
): Promise<void> {
  await tx
    .deleteFrom('delivered_papers')
    .where('edition_id', '=', editionId)
    .where('subscriber_id', '=', String(subscriberId))
    .execute();
}
