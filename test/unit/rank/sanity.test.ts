import { expect, test } from 'vitest';
import { fitModel, type Model } from '../../../src/domain/rank/model.ts';
import { bestFirst } from '../../../src/domain/rank/order.ts';
import { type PoolPaper, preparePool } from '../../../src/domain/rank/pool.ts';
import { buildProfile } from '../../../src/domain/rank/profile.ts';
import { newScores, scorePool } from '../../../src/domain/rank/score.ts';

/** Subjects with words of their own. Who likes one of a row likes the other as well. */
const SUBJECTS = [
  'kettle samovar tannin infusion steeping teapot brewing leaf',
  'orbit comet telescope perihelion asteroid eclipse nebula lunar',
  'girder cantilever truss pylon viaduct suspension rivet span',
  'sonata fugue counterpoint cadence octave violin tempo chord',
  'glacier moraine crevasse icecap tundra permafrost firn drumlin',
  'ledger invoice auditor solvency dividend creditor escrow tariff',
].map((words) => words.split(' '));
const COMMON = 'method result measure approach evaluate compare large data'.split(' ');
const READERS = 300;

/** An invented but always the same world: a generator by Lehmer, so that no test hangs on chance. */
function world(seed: number) {
  let state = seed;
  const below = (count: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  const one = <T>(list: readonly T[]) => list[below(list.length)] as T;
  const words = (subject: number, count: number) =>
    Array.from({ length: count }, () =>
      below(3) === 0 ? one(SUBJECTS[subject] as string[]) : one(COMMON),
    ).join(' ');
  const paper = (id: string, subject: number): PoolPaper & { subject: number } => ({
    id,
    subject,
    title: words(subject, 6),
    abstract: words(subject, 30),
    topics: [],
    categories: [],
    authors: [],
  });
  const archive = Array.from({ length: 180 }, (_, at) => paper(`old${at}`, at % SUBJECTS.length));
  // The day's papers, in an order that says nothing of what they are about: that of the trend.
  const day = Array.from({ length: 90 }, (_, at) => paper(`new${at}`, below(SUBJECTS.length)));
  const likesOf = (subjects: readonly number[], count: number) => {
    const theirs = archive.filter(({ subject }) => subjects.includes(subject));
    return Array.from({ length: count }, () => one(theirs));
  };
  const likes = Array.from({ length: READERS }, (_, at) => {
    const first = 2 * (at % 3);
    return likesOf([first, first + 1], 8).map(({ id }) => id);
  });
  return { archive, day, likesOf, likes };
}

/** nDCG@10 of an order, by which papers are wanted. */
function ndcg(order: readonly number[], wanted: (at: number) => boolean): number {
  const gain = (hits: readonly boolean[]) =>
    hits.slice(0, 10).reduce((sum, hit, at) => sum + (hit ? 1 / Math.log2(at + 2) : 0), 0);
  const hits = order.map(wanted);
  return gain(hits) / gain([...hits].sort((a, b) => Number(b) - Number(a)));
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const { archive, day, likesOf, likes } = world(20_251_125);

/** The day's order for five readers of each subject, who have liked so many papers of it. */
function ordersFor(model: Model, count: number): { subject: number; order: number[] }[] {
  const pool = preparePool(model, day);
  const scores = newScores(pool);
  return Array.from({ length: 5 * SUBJECTS.length }, (_, reader) => {
    const subject = reader % SUBJECTS.length;
    const profile = buildProfile(model, {
      liked: likesOf([subject], count).map((one) => ({ ...one, ageDays: 0, weight: 1 })),
      disliked: [],
      topics: [],
      excluded: [],
      categories: [],
      authors: [],
      organisations: [],
    });
    scorePool(pool, profile, scores);
    return { subject, order: bestFirst(pool, profile, scores) };
  });
}

const isOf = (subject: number) => (at: number) => day[at]?.subject === subject;

test('one like, by words alone, already finds the papers of its subject; the order of the trend does not', () => {
  const model = fitModel({ papers: archive, likes: [] });
  const quality = (count: number) =>
    mean(ordersFor(model, count).map(({ subject, order }) => ndcg(order, isOf(subject))));
  const trend = day.map((_, at) => at);
  expect(mean(SUBJECTS.map((_, subject) => ndcg(trend, isOf(subject))))).toBeLessThan(0.3);
  expect(quality(1)).toBeGreaterThan(0.8);
  expect(quality(3)).toBeGreaterThan(0.95);
});

test('readers bring what shares no telling word with the liked papers, once enough of them take part', () => {
  // Of what is not their subject, how far in front is the one that readers like along with it?
  const quality = (model: Model) =>
    mean(
      ordersFor(model, 3).map(({ subject, order }) => {
        const rest = order.filter((at) => !isOf(subject)(at));
        return ndcg(rest, isOf(subject ^ 1));
      }),
    );
  expect(quality(fitModel({ papers: archive, likes: likes.slice(0, 199) }))).toBeLessThan(0.4);
  expect(quality(fitModel({ papers: archive, likes }))).toBeGreaterThan(0.8);
});
