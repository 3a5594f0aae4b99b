import { setTimeout } from 'node:timers/promises';
import type { App } from '../app.ts';
import { EmailAddress } from '../domain/address.ts';
import { QueueDownError } from '../queue/in-time.ts';
import { type Balance, balances } from '../store/balance.ts';
import { askSend, getSend } from '../store/dispatch.ts';
import { editionRow } from '../store/editions.ts';
import { getSubscriber } from '../store/subscribers.ts';
import { type Verdict, whoGets } from '../who-gets.ts';
import { command, parseMoment, type Report, report, UsageError, withApp } from './command.ts';
import { progress } from './progress.ts';
import { reportRows } from './rows.ts';

interface Options {
  json?: boolean;
  at?: string;
  to?: string[];
  dryRun?: boolean;
  wait?: boolean;
}

export const sendCommand = () =>
  command('send', 'send an edition to everybody whose day it is and who has not got it yet')
    .argument('<edition>', 'e.g. daily/2025-03-14')
    .option('--at <time>', 'not before this time, e.g. 2026-11-24T07:00+01:00 (default: now)')
    .option('--to <email...>', 'only to these subscribers, whatever their day')
    .option('--dry-run', 'list who would get what, and who would not and why; sends nothing')
    .option('--no-wait', 'return when it is asked for; a running `paperboy run` does the work')
    .addHelpText(
      'after',
      `
With REDIS_URL or DATABASE_URL the work is left to the workers (\`paperboy run\`) and this returns at
once. On the embedded default there is no other process, so it works until the edition is through.
An edition that was sent before goes only to those who have not got it.`,
    )
    .action(async (editionId: string, options: Options) => {
      const at = options.at === undefined ? undefined : parseMoment('--at', options.at);
      for (const address of options.to ?? []) {
        if (!EmailAddress.safeParse(address).success) {
          throw new UsageError(
            `--to: expected an address such as ada@example.org, but it is "${address}"`,
          );
        }
      }
      await withApp(async (app) => {
        const { cancelled } = await editionRow(app.db, editionId);
        if (cancelled) throw new Error(`${editionId} was cancelled: nobody gets it any more`);
        for (const address of options.to ?? []) await getSubscriber(app.db, address);
        if (options.dryRun === true) await dryRun(app, editionId, at ?? app.now(), options);
        else report(options, await send(app, editionId, at ?? app.now(), options));
      });
    });

async function dryRun(app: App, editionId: string, at: Date, options: Options): Promise<void> {
  const counts = { would: 0, wouldNot: 0 };
  await reportRows(options, counting(whoGets(app, editionId, at, options.to), counts), {
    around: {
      key: 'subscribers',
      before: { edition: editionId, dryRun: true, at: at.toISOString() },
      after: () => counts,
    },
    json: ({ why, ...verdict }) => ({ ...verdict, why: why ?? null }),
    head: ['subscriber', 'papers', 'first paper, or why not'],
    text: ({ email, papers, why }) => [email, papers.length || '', why ?? papers[0]?.title],
    last: () =>
      `${counts.would} would get ${editionId}, ${counts.wouldNot} would not. Nothing was sent.`,
  });
}

async function* counting(
  verdicts: AsyncIterable<Verdict>,
  counts: { would: number; wouldNot: number },
): AsyncGenerator<Verdict> {
  for await (const verdict of verdicts) {
    counts[verdict.why === undefined ? 'would' : 'wouldNot'] += 1;
    yield verdict;
  }
}

async function send(app: App, editionId: string, at: Date, options: Options): Promise<Report> {
  const before = await balance(app, editionId);
  const now = app.now();
  const id = await askSend(app.db, { editionId, at, onlyEmails: options.to ?? null }, now);
  const delayMs = Math.max(0, at.getTime() - now.getTime());
  try {
    await app.queue.enqueue('dispatch', { sendId: id }, delayMs);
  } catch (error) {
    if (!(error instanceof QueueDownError)) throw error;
    return {
      json: { edition: editionId, send: id, at: at.toISOString(), asked: true, queue: 'away' },
      text: `Asked for: ${editionId}. The queue does not answer now; \`paperboy run\` finds it in the ledger.`,
    };
  }
  const embedded = app.config.databaseUrl === undefined && app.config.redisUrl === undefined;
  if (delayMs > 0 || !embedded || options.wait === false) {
    const when = delayMs > 0 ? `for ${at.toISOString()}` : 'now';
    return {
      json: { edition: editionId, send: id, at: at.toISOString(), asked: true },
      text: `Asked for: ${editionId} ${when}. \`paperboy run\` does the work, \`paperboy deliveries --edition ${editionId}\` shows it.`,
    };
  }
  const { jobs } = await import('../../jobs/index.ts');
  await app.queue.work(jobs, app);
  const after = await untilThrough(app, editionId, id);
  return through(editionId, id, before, after);
}

function nobodyNew(editionId: string, { planned }: Balance): string {
  return planned === 0
    ? `Nobody to send to: no subscriber reads the digest of ${editionId} on its day (see \`paperboy subscribers\`, and --dry-run).`
    : `Nobody new: everybody whose day ${editionId} is has it already.`;
}

const POLL_MS = 100;
/** Nothing runs and nothing waits for this long: what is open waits for a later try. */
const STILL_MS = 3_000;

/** Follows the edition until nothing of it is open, or what is open waits for a later try. */
async function untilThrough(app: App, editionId: string, sendId: number): Promise<Balance> {
  const bar = progress(editionId);
  let busyAt = performance.now();
  for (;;) {
    const now = await balance(app, editionId);
    bar.at(now.planned - now.open, now.planned);
    const { submit, dispatch } = await app.queue.counts();
    const working = [submit, dispatch].some((c) => (c.waiting ?? 0) + (c.active ?? 0) > 0);
    if (working) busyAt = performance.now();
    const dispatched = (await getSend(app.db, sendId))?.dispatched === true;
    if ((dispatched && !working && now.open === 0) || performance.now() - busyAt > STILL_MS) {
      bar.stop();
      return now;
    }
    await setTimeout(POLL_MS);
  }
}

async function balance(app: App, editionId: string): Promise<Balance> {
  const [found] = await balances(app.db, { editionId });
  if (found === undefined) throw new Error(`${editionId} is gone`);
  return found;
}

function through(editionId: string, id: number, before: Balance, after: Balance): Report {
  const states = ['submitted', 'skipped', 'suppressed', 'refused', 'unknown', 'open'] as const;
  const deliveries = Object.fromEntries(
    states.map((state) => [state, after[state] - before[state]]),
  );
  const ledger = Object.fromEntries(states.map((state) => [state, after[state]]));
  const planned = after.planned - before.planned;
  const unbalanced = after.faults.length === 0 ? 0 : 1;
  const counts = states.map((state) => `${deliveries[state]} ${state}`).join(', ');
  return {
    json: {
      edition: editionId,
      send: id,
      planned,
      deliveries,
      ledger,
      unbalanced,
      faults: after.faults,
    },
    text: [
      planned === 0 ? nobodyNew(editionId, after) : `${editionId}: ${planned} planned: ${counts}`,
      ...(after.open > 0
        ? [
            `${after.open} wait for a later try: \`paperboy run\` goes on with them, \`paperboy jobs\` says what holds them.`,
          ]
        : []),
      ...after.faults.map((fault) => `UNBALANCED: ${fault}`),
    ].join('\n'),
    failed: after.open > 0 || after.faults.length > 0,
  };
}
