import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Digest } from '../../../src/domain/digest.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { addDigest } from '../../../src/store/digests.ts';
import { check, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';

const PROCESSES = 6;
const SLOTS = 200;
const DIGESTS = 8;
const MISSED_MS = 4_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A freeze has its own day, so each is looked at; what is later than 30 hours is skipped. */
const CAUGHT_UP = 'skipped, asked, asked';

interface Slot {
  readonly timetable: string;
  readonly slot: Date;
  readonly state: string;
  readonly why: string | null;
}

export const oneTimetable: Row = {
  id: '12',
  fault: `${PROCESSES} processes, one timetable, ${SLOTS} one-second slots, three missed ones`,
  run: async (bench) => {
    const source = await startEmptySource();
    const env = { HF_BASE_URL: source.url };
    try {
      return await withStage(bench, { name: 'row-12', recipients: 1, env }, play);
    } finally {
      await source.close();
    }
  },
};

async function play(stage: Stage) {
  for (let number = 1; number <= DIGESTS; number++) {
    await addDigestTo(stage, { name: `every-${number}`, ingestAt: '* * * * * *' });
  }
  await everybodyUp(stage);
  await sleep(Math.ceil(SLOTS / DIGESTS) * 1_000);
  await Promise.all(stage.alive().map((worker) => worker.end('SIGTERM')));
  const stoppedAt = Date.now();
  await missedFreezes(stage);
  await sleep(MISSED_MS);
  await everybodyUp(stage);
  await sleep(MISSED_MS);
  await Promise.all(stage.alive().map((worker) => worker.end('SIGTERM')));

  const rows = await stage.sql<Slot>(
    'select timetable, slot, state, why from job_slots order by timetable, slot',
  );
  const seconds = Array.from({ length: DIGESTS }, (_, index) =>
    rows.filter(({ timetable }) => timetable === `ingest hf-daily for every-${index + 1}`),
  );
  const gaps = seconds.flatMap(gapsOf);
  const inside = gaps.filter(({ from }) => from < stoppedAt - 2_000);
  const missed = gaps.filter(({ from }) => from >= stoppedAt - 2_000);
  const slots = seconds.flat();
  const asked = await timesAsked(stage);
  const freezes = rows.filter(({ timetable }) => timetable === 'freeze late').slice(1);
  const states = freezes.map(({ state }) => state).join(', ');
  return {
    checks: [
      stood(stage),
      check(`at least ${SLOTS} slots, not ${slots.length}`, slots.length >= SLOTS),
      check(
        'each asked for',
        slots.every(({ state }) => state === 'asked'),
      ),
      check(`each asked for once: ${slots.length}, not ${asked}`, asked === slots.length),
      check(`no second left out while somebody ran, not ${inside.length}`, inside.length === 0),
      check(
        `one outage per digest, only its newest slot caught up, not ${missed.length} for ${DIGESTS}`,
        missed.length === DIGESTS && missed.every(({ missing }) => missing >= 3),
      ),
      check(`missed freezes ${CAUGHT_UP}, not ${states}`, states === CAUGHT_UP),
    ],
    other: `${slots.length} slots asked for ${asked} times, ${inside.length} left out; ${Math.min(...missed.map(({ missing }) => missing))} missed seconds not repeated; three missed freezes: ${states}`,
  };
}

async function everybodyUp(stage: Stage): Promise<void> {
  await Promise.all(stage.start(PROCESSES).map(({ ready }) => ready));
}

async function addDigestTo(stage: Stage, digest: Partial<Digest> & { name: string }) {
  const { db, close } = await openDatabase({ url: stage.databaseUrl });
  try {
    await addDigest(db, Digest.parse({ title: digest.name, ...digest }));
  } finally {
    await close();
  }
}

/** A digest whose last run was more than two days ago: the freeze of an hour ago is the third. */
async function missedFreezes(stage: Stage): Promise<void> {
  const at = new Date(Math.floor((Date.now() - HOUR_MS) / 60_000) * 60_000);
  await addDigestTo(stage, {
    name: 'late',
    freezeAt: at.toISOString().slice(11, 16),
    ingestAt: '0 0 1 1 *',
  });
  await stage.sql(
    `insert into job_slots (timetable, slot, job, payload, state, claimed_at)
     values ('freeze late', $1, 'freeze', '{}', 'asked', $1)`,
    [new Date(at.getTime() - 3 * DAY_MS)],
  );
}

/** Where a slot is followed by one that is more than a second later. */
function gapsOf(slots: readonly Slot[]) {
  return slots.flatMap(({ slot }, index) => {
    const next = slots[index + 1]?.slot ?? new Date(slot.getTime() + 1_000);
    const missing = (next.getTime() - slot.getTime()) / 1_000 - 1;
    return missing > 0 ? [{ from: slot.getTime(), missing }] : [];
  });
}

/** How often anybody asked the queue for an ingest, whether it took the wish or had it already. */
async function timesAsked({ redis }: Stage): Promise<number> {
  const client = new Redis(redis.url);
  try {
    const events = await client.xrange('{paperboy}:ingest:events', '-', '+');
    return events.filter(([, fields]) => ['added', 'duplicated'].includes(fields[1] ?? '')).length;
  } finally {
    client.disconnect();
  }
}

/** A source that has no papers. */
async function startEmptySource(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
