import type { FeedbackKind } from '../domain/links.ts';
import type { Paper } from '../domain/paper.ts';
import type { Db } from './database.ts';

/** What somebody said of a paper, for whoever ranks for them. */
export interface Feedback {
  readonly paperId: string;
  readonly kind: FeedbackKind;
  readonly at: Date;
}

/** Keeps what somebody said of a paper: the moment is that of the first time. Likes and dislikes exclude each other. */
export async function giveFeedback(
  db: Db,
  subscriberId: number,
  paperId: string,
  kind: FeedbackKind,
  at: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const other = { like: 'dislike', dislike: 'like', save: undefined } as const;
    const opposite = other[kind];
    if (opposite !== undefined) await takeBack(tx, subscriberId, paperId, opposite);
    await tx
      .insertInto('feedback')
      .values({ subscriber_id: subscriberId, paper_id: paperId, kind, at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

export async function takeBack(
  db: Db,
  subscriberId: number,
  paperId: string,
  kind: FeedbackKind,
): Promise<void> {
  await db
    .deleteFrom('feedback')
    .where('subscriber_id', '=', String(subscriberId))
    .where('paper_id', '=', paperId)
    .where('kind', '=', kind)
    .execute();
}

/** Everything that somebody said, newest first. */
export async function feedbackOf(db: Db, subscriberId: number): Promise<Feedback[]> {
  const rows = await db
    .selectFrom('feedback')
    .where('subscriber_id', '=', String(subscriberId))
    .select(['paper_id', 'kind', 'at'])
    .orderBy('at', 'desc')
    .orderBy('paper_id')
    .execute();
  return rows.map(({ paper_id, kind, at }) => ({ paperId: paper_id, kind, at }));
}

const SAVED_MAX = 500;

/** The papers that somebody saved, newest first. */
export async function savedPapers(db: Db, subscriberId: number): Promise<Paper[]> {
  const rows = await db
    .selectFrom('feedback')
    .innerJoin('papers', 'papers.id', 'feedback.paper_id')
    .where('subscriber_id', '=', String(subscriberId))
    .where('kind', '=', 'save')
    .select(['papers.id', 'record'])
    .orderBy('at', 'desc')
    .orderBy('papers.id')
    .limit(SAVED_MAX)
    .execute();
  return rows.map(({ id, record }) => ({ ...record, id }));
}
