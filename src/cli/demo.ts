import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { App } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { parseKeys } from '../config-env.ts';
import { dueFor } from '../domain/calendar.ts';
import { editionId } from '../domain/edition.ts';
import { freezeEdition } from '../freeze.ts';
import { ingest } from '../ingest.ts';
import { packageRoot } from '../root.ts';
import { readJsonl } from '../sources/jsonl.ts';
import { type Balance, balances } from '../store/balance.ts';
import { listDeliveries } from '../store/deliveries.ts';
import { addSubscribers, listSubscribers, suppress } from '../store/subscribers.ts';
import { command, type Report, report } from './command.ts';
import { deliveriesTable } from './deliveries.ts';
import { progress } from './progress.ts';
import { readSubscribers } from './subscriber-file.ts';

const DATE = '2025-03-14';
const EDITION = editionId('daily', DATE);
/** The demo's clock starts here and moves from one local morning to the next. */
const STARTS_AT = new Date('2025-03-14T05:00:00Z');
const SUPPRESSED = 'hugo.bounced@example.org';

export const demoCommand = () =>
  command('demo', 'send the sample edition to 24 sample subscribers through the outbox')
    .addHelpText(
      'after',
      `
Takes the bundled sample of the papers page of 14 March 2025, freezes an edition and walks a clock
through that day, so that everybody gets their digest at their own hour. No email leaves the machine.
Run again it sends nothing: everybody has that edition.`,
    )
    .action(async (options: { json?: boolean }) => {
      report(options, await demo());
    });

async function demo(): Promise<Report> {
  let clock = STARTS_AT;
  const { openApp } = await import('../app.ts');
  const app = await openApp(demoConfig(readConfig(process.env)), { now: () => clock });
  try {
    const sample = await readSubscribers(join(packageRoot(), 'sample', 'subscribers.jsonl'));
    await refuseStrangers(app, new Set(sample.newcomers.map(({ email }) => email)));
    await ingest(app, { source: 'jsonl', input: 'sample/papers.jsonl' }, () =>
      readJsonl(join(packageRoot(), 'sample', 'papers.jsonl'), {}),
    );
    await addSubscribers(app.db, sample.newcomers, clock);
    await suppress(app.db, SUPPRESSED, 'bounced', 'the address does not exist', clock);
    const { edition } = await freezeEdition(app, 'daily', DATE);
    const [before] = await balances(app.db, { editionId: EDITION });

    const { jobs } = await import('../../jobs/index.ts');
    await app.queue.work(jobs, app);
    const bar = progress('local mornings');
    const mornings = morningsOf(sample.newcomers.map(({ preferences }) => preferences));
    for (const [index, morning] of mornings.entries()) {
      clock = morning;
      await app.queue.enqueue('dispatch', { digest: 'daily' });
      await app.queue.idle();
      bar.at(index + 1, mornings.length);
    }
    bar.stop();
    const [after] = await balances(app.db, { editionId: EDITION });
    const rows = await listDeliveries(app.db, { editionId: EDITION, limit: 1000 });
    return story(app, edition.candidates.length, sample.newcomers.length, before, after, rows);
  } finally {
    await app.close();
  }
}

/** The operator's own home, database and queue, but never their mail provider, address or secret. */
function demoConfig(config: Config): Config {
  const home = config.databaseUrl === undefined ? join(config.home, 'demo') : config.home;
  return {
    ...config,
    home,
    mail: { kind: 'outbox', dir: join(home, 'outbox') },
    keys: parseKeys(demoSecret(home, config.databaseUrl === undefined)),
    baseUrl: 'https://paperboy.example.org',
    from: 'Paperboy <digest@paperboy.example.org>',
    postalAddress: 'Paperboy, 1 Example Street, Example City',
  };
}

/**
 * One secret for every demo, so that two of them make the same bytes. Kept in the demo's home like
 * any other, so that `PAPERBOY_HOME=…/demo paperboy preview` works.
 */
function demoSecret(home: string, keep: boolean): string {
  const secret = 'demo:the demo signs with this and no real installation ever does';
  mkdirSync(home, { recursive: true });
  if (keep) writeFileSync(join(home, 'secret'), secret, { mode: 0o600 });
  return secret;
}

/** Twenty-four invented people do not belong into somebody's real database. */
async function refuseStrangers(app: App, sample: ReadonlySet<string>): Promise<void> {
  for (const { email } of await listSubscribers(app.db)) {
    if (!sample.has(email)) {
      throw new Error(
        'this database has subscribers of its own, and the demo adds invented ones: ' +
          'unset DATABASE_URL, or point it to an empty database',
      );
    }
  }
}

/** Every moment at which somebody's hour comes, in order. */
function morningsOf(schedules: readonly Parameters<typeof dueFor>[0][]): Date[] {
  const times = schedules.flatMap((schedule) => dueFor(schedule, STARTS_AT)?.at.getTime() ?? []);
  return [...new Set(times)].sort((a, b) => a - b).map((time) => new Date(time));
}

const STATES = ['submitted', 'skipped', 'suppressed', 'refused', 'unknown', 'open'] as const;

function story(
  app: App,
  papers: number,
  subscribers: number,
  before: Balance | undefined,
  after: Balance | undefined,
  rows: Parameters<typeof deliveriesTable>[0],
): Report {
  const deliveries = Object.fromEntries(
    STATES.map((state) => [state, (after?.[state] ?? 0) - (before?.[state] ?? 0)]),
  );
  const ledger = Object.fromEntries(STATES.map((state) => [state, after?.[state] ?? 0]));
  const dir = join(app.outboxDir ?? '', EDITION);
  const index = relative('', join(app.outboxDir ?? '', 'index.html'));
  const unbalanced = after?.faults.length === 0 ? 0 : 1;
  const again = deliveries.submitted === 0 && (ledger.submitted ?? 0) > 0;
  return {
    json: { papers, subscribers, edition: EDITION, deliveries, ledger, unbalanced, outbox: dir },
    text: [
      deliveriesTable(rows),
      '',
      again
        ? `Nothing was sent: everybody has ${EDITION} already (${ledger.submitted} submitted before).`
        : `${EDITION}: ${papers} papers, ${deliveries.submitted} digests submitted, ${deliveries.skipped} skipped, ${deliveries.suppressed} suppressed.`,
      `Open ${index} in a browser to read them; the .eml files are in ${relative('', dir)}.`,
    ].join('\n'),
    failed: unbalanced > 0 || (ledger.open ?? 0) > 0,
  };
}
