import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Explanation, explainEdition } from '../../src/explain.ts';
import { fitModel } from '../../src/fit.ts';
import { relatedPapers, searchArchive } from '../../src/search.ts';
import { paperById } from '../../src/store/archive.ts';
import { giveFeedback } from '../../src/store/feedback.ts';
import { changePreferences, getSubscriber } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { browserOf } from '../support/browser.ts';
import {
  DAY,
  deliveries,
  freezeMorning,
  freshDigest,
  listPapers,
  tick,
} from '../support/morning.ts';

const ADA = 'ada@example.org';
const FRESH = 'bea@example.org';
const paper = (number: number, title: string, abstract: string) => ({
  arxivId: `2503.0000${number}`,
  title,
  abstract,
});
const listed = [
  paper(1, 'Bridges of steel', 'Girders and cables carry traffic over rivers.'),
  paper(2, 'Kettles and teapots', 'How a kettle brews oolong leaves, measured.'),
  paper(3, 'Suspension cables', 'Cables of bridges swing in the wind over rivers.'),
  paper(4, 'Brewing oolong slowly', 'A teapot brews oolong leaves at low heat.'),
  paper(5, 'Mosses of the north', 'Lichens and ferns on a boreal forest floor.'),
];

let t: TestApp;
let digest: string;
let edition: string;
beforeAll(async () => {
  t = await openTestApp();
  digest = await freshDigest(t);
  t.setClock('2025-03-13T20:00:00Z');
  const old = {
    arxivId: '2412.00001',
    title: 'On tea',
    abstract: 'A kettle, a teapot, and how oolong leaves brew.',
  };
  await listPapers(t, [old], { date: '2025-02-01' });
  // So that the model knows which words are rare.
  const others = Array.from({ length: 30 }, (_, at) => ({
    arxivId: `2411.000${10 + at}`,
    title: `Other ${at}`,
    abstract: `We tell of u${at}x and v${at}y.`,
  }));
  await listPapers(t, others, { date: '2025-01-20' });
  await listPapers(t, listed);
  t.setClock(`${DAY}T05:00:00Z`);
  for (const email of [ADA, FRESH]) {
    await t.subscribe(email, { digests: [digest], dial: 100, exclude: ['lichens'], papersMax: 1 });
  }
  const { id } = await getSubscriber(t.app.db, ADA);
  await giveFeedback(t.app.db, id, '2412.00001', 'like', t.app.now());
  await fitModel(t.app);
  edition = await freezeMorning(t, digest);
  t.setClock(`${DAY}T07:00:00Z`);
  await tick(t, digest);
});
afterAll(() => t.close());

const explained = (email: string, one?: string) => explainEdition(t.app, edition, email, one);
const whyNots = ({ papers }: Explanation) =>
  Object.fromEntries(papers.map(({ paperId, whyNot }) => [paperId.slice(-1), whyNot]));

describe('an explained digest', () => {
  test('is the one that was delivered: every paper with its place, section and reason', async () => {
    const told = await explained(ADA);
    const [delivery] = await deliveries(t, edition);
    expect(told).toMatchObject({ frozen: true, delivery: 'submitted' });
    expect(told.model).toBeGreaterThan(0);
    const inIt = told.papers.filter(({ chosen }) => chosen !== undefined);
    expect(inIt.map(({ paperId, chosen }) => [paperId, chosen?.place, chosen?.section])).toEqual([
      [delivery?.composition?.[0]?.paperId, 1, 'yours'],
    ]);
    expect(inIt[0]?.why).toMatch(/oolong|teapot|kettle|brew|On tea/);
  });

  test('has parts that add up to every score', async () => {
    for (const { shares, score } of (await explained(ADA)).papers) {
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score, 6);
    }
  });

  test('says of each other paper why it is not in it', async () => {
    const why = whyNots(await explained(ADA));
    expect(Object.keys(why)).toHaveLength(5);
    expect(why[5]).toBe('it has "lichens", which is to be left out');
    expect([why[1], why[3]]).toEqual([
      expect.stringMatching(/^it meets their tastes too little: 0\.0\d+, at least 0\.\d+$/),
      expect.stringMatching(/^it meets their tastes too little/),
    ]);
    expect([why[2], why[4]].filter((one) => one !== undefined)).toEqual([
      expect.stringMatching(
        /^no room among 1: place \d of 5 in the trend order, 2 by their tastes$/,
      ),
    ]);
  });

  test('of who told of no tastes goes by the trend order', async () => {
    const why = whyNots(await explained(FRESH));
    expect(why[1]).toBeUndefined();
    expect(why[2]).toBe('no room among 1: place 2 of 5 in the trend order');
  });

  test('stays what it was when tastes change; another edition would follow them', async () => {
    const before = await explained(FRESH);
    const { id, preferences } = await getSubscriber(t.app.db, FRESH);
    await changePreferences(t.app.db, id, () => ({ ...preferences, topics: ['teapots'] }));
    const after = await explained(FRESH);
    const inIt = ({ papers }: Explanation) =>
      papers.filter(({ chosen }) => chosen !== undefined).map(({ paperId }) => paperId);
    expect(inIt(after)).toEqual(inIt(before));
    await changePreferences(t.app.db, id, () => preferences);
  });

  test('is told before it is taken, and says what an earlier digest brought', async () => {
    await t.subscribe('cem@example.org', { digests: [digest] });
    const told = await explained('cem@example.org');
    expect([told.frozen, told.delivery]).toEqual([false, undefined]);
    t.setClock('2025-03-15T05:00:00Z');
    const next = await freezeMorning(t, digest, '2025-03-15');
    const later = await explainEdition(t.app, next, ADA);
    const [first] = (await deliveries(t, edition))[0]?.composition ?? [];
    expect(later.papers.find(({ paperId }) => paperId === first?.paperId)?.whyNot).toBe(
      'an earlier digest brought it',
    );
    expect(whyNots(later)[1]).toMatch(/^it is news of 2025-03-14, and this digest brings the day/);
  });

  test('of one paper: by any of its names, or an error that says what is wrong', async () => {
    expect((await explained(ADA, 'https://arxiv.org/abs/2503.00003v2')).papers).toHaveLength(1);
    await expect(explained(ADA, '2412.00001')).rejects.toThrow(
      `${edition} has no paper 2412.00001: it was not listed in its window`,
    );
    await expect(explained(ADA, '9912.00001')).rejects.toThrow('9912.00001');
    await expect(explained('nobody@example.org')).rejects.toThrow('no subscriber has the address');
    await expect(explainEdition(t.app, 'daily/1999-01-01', ADA)).rejects.toThrow('no edition has');
  });
});

describe('the archive', () => {
  const ids = async (query: string, limit = 100) =>
    (await searchArchive(t.app, query, limit)).map(({ paper: { id } }) => id.slice(-1));

  test('answers a query by relevance: the whole phrase first, then what has most of its words', async () => {
    expect(await ids('brews oolong leaves')).toEqual(['4', '2', '1']);
    expect(await ids('oolong leaves in a kettle', 1)).toEqual(['2']);
    expect(await ids('submarines')).toEqual([]);
    expect((await ids('"oolong leaves" -slowly')).sort()).toEqual(['1', '2']);
  });

  test('names papers that are close to one, and none where nothing is', async () => {
    const relatedTo = async (id: string) => {
      const one = await paperById(t.app.db, id);
      if (one === undefined) throw new Error(`no paper ${id}`);
      return (await relatedPapers(t.app, one, 5)).map((other) => other.id.slice(-1));
    };
    expect(await relatedTo('2503.00003')).toEqual(['1']);
    expect(await relatedTo('2503.00005')).toEqual([]);
    const page = await browserOf(t.app).get('/papers/2503.00003');
    expect(page.text).toContain('Papers like this one');
    expect(page.text).toContain('href="/papers/2503.00001"');
  });

  test('shows a hundred answers, ten on a page', async () => {
    await listPapers(
      t,
      Array.from({ length: 25 }, (_, at) => ({
        arxivId: `2501.${String(at).padStart(5, '0')}`,
        title: `Zebra ${at}`,
        abstract: `Zebras w${at}x run.`,
      })),
      { date: '2025-01-02' },
    );
    const page = async (path: string) => (await browserOf(t.app).get(path)).text;
    const first = await page('/search?q=zebra');
    expect(first).toContain('25 papers for “zebra”');
    expect(first).toContain('href="/search?q=zebra&amp;page=2"');
    const shown = (text: string) => text.match(/href="\/papers\/2501[^"]*"/g) ?? [];
    const all = [first, await page('/search?q=zebra&page=2'), await page('/search?q=zebra&page=3')];
    expect(all.map((text) => shown(text).length)).toEqual([10, 10, 5]);
    expect(new Set(all.flatMap(shown)).size).toBe(25);
  });
});
