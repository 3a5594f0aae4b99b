import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { dispatchDigest } from '../../src/dispatch.ts';
import { freezeEdition } from '../../src/freeze.ts';
import { askSend } from '../../src/store/dispatch.ts';
import { leave, ONE_CLICK } from '../../src/store/leaving.ts';
import { getSubscriber, suppress } from '../../src/store/subscribers.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { type FakeResend, startFakeResend } from '../support/fake-resend.ts';
import { balanceOf, DAY, deliveries, freshDigest, listPapers } from '../support/morning.ts';
import { resendSettings } from '../support/resend-settings.ts';

const ADA = 'ada@example.org';
const READERS = [ADA, 'grace@example.org', 'alan@example.org'];

let t: TestApp;
let fake: FakeResend;
let digest: string;
let editionId: string;
beforeAll(async () => {
  fake = await startFakeResend();
  t = await openTestApp(resendSettings(fake));
});
afterAll(async () => {
  await t.close();
  await fake.close();
});

/** One slice of three, which the provider took at the first attempt without our learning it. */
let slices: string[];
beforeEach(async () => {
  digest = await freshDigest(t);
  editionId = `${digest}/${DAY}`;
  t.setClock('2025-03-01T00:00:00Z');
  for (const address of READERS) await t.subscribe(address, { digests: [digest], topics: ['tea'] });
  t.setClock('2025-03-14T05:00:00Z');
  await listPapers(t, ['Kettles', { title: 'Diffusion of Tea', arxivId: '2503.00002' }, 'Robots']);
  await freezeEdition(t.app, digest, DAY);
  t.setClock('2025-03-14T07:00:00Z');
  slices = await dispatchDigest(t.app, digest);
  fake.fault({ accept: true, answer: { status: 502, body: '<html>Bad gateway</html>' } });
  await attempt(t);
});

/** Each slice once, whatever comes of it. */
async function attempt(by: TestApp): Promise<unknown> {
  const endings: string[] = [];
  for (const sliceId of slices) endings.push((await jobs.submit.run({ sliceId }, by.app)).kind);
  return endings;
}

async function changePreferences(): Promise<void> {
  const { id, preferences } = await getSubscriber(t.app.db, ADA);
  const changed = { ...preferences, layout: 'text', topics: ['robots'], papersMax: 1, hour: 9 };
  await t.app.db
    .updateTable('subscribers')
    .set({
      preferences: JSON.stringify(changed),
      email: 'ada@new.example',
      email_key: 'ada@new.example',
    })
    .where('id', '=', String(id))
    .execute();
}

async function deployTemplate(): Promise<void> {
  const template = async (name: string) => {
    const now = await t.app.template(name);
    const sources = { ...now.sources, subject: 'Another subject', text: 'Another text' };
    return { ...now, version: 'another', sources };
  };
  await freezeEdition({ ...t.app, template }, digest, '2025-03-15');
  expect(await t.app.db.selectFrom('templates').select('version').execute()).toHaveLength(2);
}

async function newcomer(): Promise<void> {
  await t.subscribe('new@example.org', { digests: [digest] });
  const send = { editionId, at: t.app.now(), onlyEmails: null };
  await jobs.dispatch.run({ sendId: await askSend(t.app.db, send, t.app.now()) }, t.app);
}

const changes: [string, () => Promise<unknown>, Record<string, string>?][] = [
  ['nothing', async () => {}],
  [
    'a paper got another title, more authors and more votes',
    () =>
      listPapers(
        t,
        [{ title: 'Tea, Retitled', arxivId: '2503.00002', authors: ['Ada'], upvotes: 9_999 }],
        { date: '2025-03-15' },
      ),
  ],
  ['a reader changed address, layout, topics and hour', changePreferences],
  [
    'a reader unsubscribed',
    async () => leave(t.app.db, (await getSubscriber(t.app.db, ADA)).id, ONE_CLICK, t.app.now()),
  ],
  ['an address bounced', () => suppress(t.app.db, ADA, 'bounced', null, t.app.now())],
  ['a new template was deployed', deployTemplate],
  ['a newcomer was planned too', newcomer],
  [
    'the sender, the address and the keys of the installation changed',
    async () => {},
    {
      PAPERBOY_FROM: 'Somebody Else <other@papers.example.org>',
      PAPERBOY_BASE_URL: 'https://other.example.org',
      PAPERBOY_POSTAL_ADDRESS: 'Elsewhere 2',
      PAPERBOY_SECRET:
        'k2:another secret that is long enough,k1:a secret of the tests that is long enough for anybody',
    },
  ],
  [
    'the papers of the day were frozen again',
    async () => {
      await listPapers(t, ['Late News']);
      await freezeEdition(t.app, digest, DAY);
    },
  ],
];

test.each(changes)(
  'between two attempts %s: the same bytes under the same key, delivered once',
  async (_, change, environment = {}) => {
    expect(await balanceOf(t, editionId)).toMatchObject({ planned: 3, open: 3 });
    await change();
    const worker = await t.second(environment, '2025-03-14T07:30:00Z');

    expect(await attempt(worker)).toEqual(['done']);

    const [first, second] = fake.requests.slice(-2);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    const ours = fake.accepted.filter(({ key }) => key === first?.headers['idempotency-key']);
    expect(ours.map(({ email }) => [email.to].flat()[0])).toEqual(READERS);
    const done = (await deliveries(t, editionId)).filter(({ state }) => state === 'submitted');
    expect(done.map(({ providerId }) => providerId).sort()).toEqual(
      ours.map(({ id }) => id).sort(),
    );
    expect(await balanceOf(t, editionId)).toMatchObject({ submitted: 3, unknown: 0, refused: 0 });
    await worker.close();
  },
);
