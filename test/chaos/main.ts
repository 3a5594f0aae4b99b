import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { table } from '../../src/cli/table.ts';
import { type Bench, openBench, type Settings } from './bench.ts';
import type { Finding, Row } from './row.ts';
import { rows } from './rows/index.ts';

/*
 * npm run chaos -- [--rows 1,2,6] [--quick] [--seed N] [--recipients N] [--json FILE]
 *                  [--lanes N] [--provider URL --api-key KEY]
 *
 * Runs the fault suite: real processes, a real PostgreSQL and Redis, and a provider that counts.
 * Prints one table; exits 1 when a promise broke. The same seed makes the same choices. Most rows
 * wait for leases and windows, so two of them run side by side; those that measure time run alone.
 */

interface Result {
  readonly row: Row;
  readonly finding: Finding | undefined;
  readonly broken: readonly string[];
  readonly seconds: number;
}

const RECIPIENTS = 10_000;
const RECIPIENTS_QUICK = 2_000;
/** Row 8 takes twice as many people as the others. */
const MOST = 2;

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    recipients: { type: 'string' },
    json: { type: 'string' },
    lanes: { type: 'string', default: '2' },
    provider: { type: 'string' },
    'api-key': { type: 'string', default: 're_test' },
  },
});

const whole = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${name}: no such number: ${text}`);
  return number;
};

const settings: Settings = {
  quick: values.quick,
  seed: whole('seed', values.seed ?? `${1 + (Date.now() % 1_000_000)}`),
  recipients: whole(
    'recipients',
    values.recipients ?? `${values.quick ? RECIPIENTS_QUICK : RECIPIENTS}`,
  ),
  upstream: values.provider,
  apiKey: values['api-key'],
};

const lanes = whole('lanes', values.lanes);
const chosen = chooseRows(values.rows);
const startedAt = performance.now();
const told = (text: string) => {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stderr.write(`[${String(seconds).padStart(4)} s] ${text}\n`);
};

process.exitCode = await main();

async function main(): Promise<number> {
  process.stdout.write(`seed ${settings.seed}, ${settings.recipients} recipients\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  const bench = await openBench(settings, settings.recipients * MOST, told);
  const results: Result[] = [];
  try {
    told('ready');
    for (const row of chosen.filter(({ alone }) => alone)) results.push(await runRow(bench, row));
    const others = chosen.filter(({ alone }) => !alone);
    const lane = async () => {
      for (let row = others.shift(); row !== undefined; row = others.shift()) {
        results.push(await runRow(bench, row));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    results.sort((a, b) => rows.indexOf(a.row) - rows.indexOf(b.row));
  } finally {
    await bench.close(results.some(({ broken }) => broken.length > 0));
  }
  const broken = results.filter((result) => result.broken.length > 0);
  process.stdout.write(`\n${tableOf(results)}\n\n`);
  for (const { row, broken: words } of broken) {
    process.stdout.write(`row ${row.id} breaks: ${words.join('\n              ')}\n`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(
    `${results.length - broken.length} passed, ${broken.length} failed, ${seconds} s, seed ${settings.seed}\n`,
  );
  if (values.json !== undefined) {
    const document = { ...settings, apiKey: undefined, seconds, rows: results.map(plain) };
    await writeFile(values.json, `${JSON.stringify(document, null, 2)}\n`);
  }
  return broken.length > 0 ? 1 : 0;
}

async function runRow(bench: Bench, row: Row): Promise<Result> {
  told(`row ${row.id}: ${row.fault}`);
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 100) / 10;
  try {
    const finding = await row.run(bench);
    const broken = finding.checks.filter(({ kept }) => !kept).map(({ promise }) => promise);
    told(
      `row ${row.id}: ${finding.other}${broken.map((words) => `\n  BROKEN: ${words}`).join('')}`,
    );
    return { row, finding, broken, seconds: seconds() };
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    told(`row ${row.id}: ${words}`);
    return { row, finding: undefined, broken: [words], seconds: seconds() };
  }
}

function chooseRows(list: string | undefined): Row[] {
  if (list === undefined) return rows.filter((row) => !settings.quick || row.quick === true);
  return list.split(',').map((id) => {
    const row = rows.find((one) => one.id === id.trim());
    if (row === undefined) throw new Error(`--rows: ${id} is none of ${rows.map((r) => r.id)}`);
    return row;
  });
}

function tableOf(results: readonly Result[]): string {
  return table(
    ['row', 'fault', 'recipients', 'planned', 'accepted', 'lost', 'repeated', 'other', 's', ''],
    results.map(({ row, finding, broken, seconds }) => [
      row.id,
      row.fault,
      finding?.audit?.recipients,
      finding?.audit?.planned,
      finding?.audit?.accepted,
      finding?.audit?.lost,
      finding?.audit?.repeated,
      finding?.other,
      seconds,
      broken.length === 0 ? 'PASS' : 'FAIL',
    ]),
  );
}

function plain({ row, finding, broken, seconds }: Result) {
  const { id, fault } = row;
  const { audit, other } = finding ?? {};
  return { row: id, fault, ...audit, other, seconds, pass: broken.length === 0, broken };
}
