import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runSource } from '../../src/pull.ts';
import { ingestRelation } from '../../src/sql-source.ts';
import type { Database } from '../../src/store/database.ts';
import { newestRuns } from '../../src/store/ingest-runs.ts';
import { openTestApp, openTestDatabase, type TestApp } from '../support/app.ts';

let t: TestApp;
let theirs: Database;
beforeAll(async () => {
  t = await openTestApp();
  theirs = await openTestDatabase();
  await sql`create schema "Their ""own"""`.execute(theirs.db);
  await sql`create table ${sql.raw(TABLE)} (
    "Key" bigint primary key, arxiv text, headline text, body text,
    people text[], seen timestamptz)`.execute(theirs.db);
});
afterAll(async () => {
  await theirs.close();
  await t.close();
});
beforeEach(async () => {
  await t.empty();
  await sql`delete from ${sql.raw(TABLE)}`.execute(theirs.db);
});

const TABLE = '"Their ""own"""."new papers"';
const relation = {
  name: 'Their "own".new papers',
  columns: { id: 'Key', mark: 'seen', title: 'headline', abstract: 'body', authors: 'people' },
};
const look = () => ingestRelation(t.app, theirs.pool, relation);

/** Their rows: each with its number as id, at a second of the morning. */
async function add(from: number, to: number, second: (n: number) => number) {
  const rows = Array.from({ length: to - from + 1 }, (_, k) => from + k);
  const at = rows.map((n) => new Date(Date.UTC(2025, 2, 14, 4, 0, second(n))).toISOString());
  await sql`
    insert into ${sql.raw(TABLE)} ("Key", headline, body, people, seen)
    select n, 'Paper ' || n, 'Words.', array['Ada Okafor'], s
      from unnest(${rows}::bigint[], ${at}::timestamptz[]) as r (n, s)
  `.execute(theirs.db);
}

describe('a table of somebody’s own database', () => {
  test('is read from its mark on: what is new, what changed, what came late with an earlier mark', async () => {
    await add(1, 20, (n) => n);
    expect(await look()).toMatchObject({
      seen: 20,
      new: 20,
      source: 'sql',
      input: `${relation.name} from the beginning`,
    });
    expect(await look()).toMatchObject({ new: 0, unchanged: 20 });
    await add(21, 22, () => 20); // the same mark as the last row, committed later
    await add(23, 23, () => 5); // an earlier mark, committed later
    await sql`update ${sql.raw(TABLE)} set body = 'Other words.', seen = '2025-03-14T04:01:00Z' where "Key" = 1`.execute(
      theirs.db,
    );
    expect(await look()).toMatchObject({ new: 3, updated: 1 });
    const [paper] = await t.app.db.selectFrom('papers').select('record').limit(1).execute();
    expect(paper?.record).toMatchObject({ authors: ['Ada Okafor'] });
  });

  test('loses none of many rows with one mark over the ends of batches, and reads no day twice for ever', async () => {
    await add(1, 1_201, () => 7);
    expect(await look()).toMatchObject({ seen: 1_201, new: 1_201, requests: 3 });
    const mark = await t.app.db.selectFrom('source_marks').selectAll().executeTakeFirstOrThrow();
    expect(mark).toMatchObject({ last_id: '1201', caught_up: true });
  });

  test('a bad row is named by its id and costs no other', async () => {
    await add(1, 3, (n) => n);
    await sql`update ${sql.raw(TABLE)} set headline = ' ' where "Key" = 2`.execute(theirs.db);
    expect(await look()).toMatchObject({
      new: 2,
      rejected: 1,
      rejections: [{ at: 2, why: 'id 2: title: is empty' }],
    });
  });

  test('a look that failed moves no mark and is told in its run', async () => {
    await add(1, 3, (n) => n);
    const wrong = { ...relation, columns: { ...relation.columns, title: 'tittle' } };
    await expect(ingestRelation(t.app, theirs.pool, wrong)).rejects.toThrow(
      'has no column tittle; it has Key, arxiv, headline, body, people, seen',
    );
    const nowhere = { ...relation, name: 'nowhere' };
    await expect(ingestRelation(t.app, theirs.pool, nowhere)).rejects.toThrow(
      'there is no table or view nowhere',
    );
    expect(await t.app.db.selectFrom('source_marks').selectAll().execute()).toEqual([]);
    expect(await look()).toMatchObject({ new: 3 });
  });

  test('names and values cannot leave their place in the statement', async () => {
    const evil = { name: 'x"; drop table papers; --', columns: relation.columns };
    await expect(ingestRelation(t.app, theirs.pool, evil)).rejects.toThrow('there is no table');
    const field = { ...relation, columns: { ...relation.columns, doi: 'x"\'); select 1; --' } };
    await expect(ingestRelation(t.app, theirs.pool, field)).rejects.toThrow('has no column');
  });

  test('without settings it says which are needed, in its row too', async () => {
    await expect(runSource(t.app, { source: 'sql' })).rejects.toThrow('set PAPERBOY_SQL_URL');
    const sqlSource = { url: 'postgres://nowhere/', relation: 'papers', columns: { id: 'id' } };
    const halfway = { ...t.app, config: { ...t.app.config, sqlSource } };
    await expect(runSource(halfway, { source: 'sql' })).rejects.toThrow('needs a column');
    expect(await newestRuns(t.app.db, new Date(0), new Date())).toMatchObject([
      { source: 'sql', input: 'no table', failed: true },
      { source: 'sql', input: 'papers', failed: true },
    ]);
  });
});
