import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { queryOnce } from '../../support/databases.ts';
import { type Service, startPostgres } from '../../support/services.ts';
import { audit } from '../audit.ts';
import { type Bench, copyDatabase, databaseUrl } from '../bench.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { paceFor } from './kills.ts';

const run = promisify(execFile);
const WORKERS = 4;
const AWAY_MS = 10_000;
/** Of one core, for one process that has nothing to do but to wait. */
const CPU_SHARE_MAX = 0.25;
const LINES_PER_SECOND_MAX = 20;

export const postgresTroubles: Row = {
  id: '4',
  fault: 'PostgreSQL: three immediate restarts, 10 s away',
  alone: true,
  run: (bench) => {
    const env = paceFor(bench.settings.recipients, 25);
    return withStage(bench, { name: 'row-4', env }, async (stage) => {
      await stage.ask();
      await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
      for (const share of [0.1, 0.25, 0.4]) {
        await stage.accepted(share);
        await bench.postgres.restart('crash');
      }
      await stage.accepted(0.6);
      await bench.postgres.stop('crash');
      const idle = await effort(stage, AWAY_MS);
      await bench.postgres.start();
      const settled = await stage.settled();
      const found = await audit(stage);
      return {
        audit: found,
        checks: [
          ...promises(found),
          clean(found),
          stood(stage),
          check('an end', settled),
          check(
            `no busy loop: at most 25 % of a core, not ${idle.cpuShare}`,
            idle.cpuShare <= CPU_SHARE_MAX,
          ),
          check(
            `no flood: at most ${LINES_PER_SECOND_MAX} lines per second and process, not ${idle.lines}`,
            idle.lines <= LINES_PER_SECOND_MAX,
          ),
        ],
        other: `while away, per process: ${Math.round(idle.cpuShare * 100)} % of a core at most, ${idle.lines} log lines/s; ${stage.logbook.count(/a job failed/)} failed jobs`,
      };
    });
  },
};

/** What the processes of a stage do meanwhile: the busiest one's share of a core, and log lines. */
async function effort(stage: Stage, ms: number): Promise<{ cpuShare: number; lines: number }> {
  const workers = stage.alive();
  const before = workers.map((worker) => worker.cpuMs());
  const lines = stage.logbook.lines;
  await sleep(ms);
  const shares = workers.map((worker, index) => (worker.cpuMs() - (before[index] ?? 0)) / ms);
  const perSecond = (stage.logbook.lines - lines) / workers.length / (ms / 1_000);
  return {
    cpuShare: Math.round(Math.max(...shares) * 100) / 100,
    lines: Math.round(perSecond * 10) / 10,
  };
}

const DISK_KB = 2_000_000;
const FULL_MS = 10_000;
const FILL_TRIES = 50;

export const diskFull: Row = {
  id: '16',
  fault: 'disk full for the database, then freed',
  alone: true,
  run: (bench) =>
    onSmallDisk(async (disk) => {
      const postgres = await disk.postgres();
      try {
        return await fillAndFree(bench, postgres, disk);
      } finally {
        await postgres.close();
      }
    }),
};

async function fillAndFree(bench: Bench, postgres: Service, disk: Disk) {
  const { recipients } = bench.settings;
  const url = databaseUrl(postgres.url, 'chaos_row_16');
  await queryOnce(postgres.url, 'create database chaos_row_16');
  await copyDatabase(databaseUrl(bench.postgres.url, bench.template), url);
  await queryOnce(url, `delete from subscribers where id > ${recipients}`);
  const env = paceFor(recipients, 15);
  return withStage(bench, { name: 'row-16', server: postgres.url, env }, async (stage) => {
    await stage.ask();
    await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
    await stage.accepted(0.2);
    await disk.fill();
    const idle = await effort(stage, FULL_MS);
    const full = stage.provider.account.accepted;
    await disk.free();
    const alive = await queryOnce(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (!alive) await postgres.restart('crash'); // it gives up when its log does not fit
    const settled = await stage.settled();
    const found = await audit(stage);
    return {
      audit: found,
      checks: [
        ...promises(found),
        clean(found),
        stood(stage),
        check('an end', settled),
        check('the disk was full in the middle', full < recipients),
        check(`no busy loop: at most 25 % of a core`, idle.cpuShare <= CPU_SHARE_MAX),
      ],
      other: `${full} taken before it was freed; PostgreSQL ${alive ? 'stayed' : 'went down and was started again'}; ${Math.round(idle.cpuShare * 100)} % of a core, ${idle.lines} log lines/s`,
    };
  });
}

interface Disk {
  /** A PostgreSQL whose data lies on it. */
  postgres(): Promise<Service>;
  fill(): Promise<void>;
  free(): Promise<void>;
}

/**
 * A file system of its own in memory, which root may mount; it is full when it shrinks to what it
 * holds.
 * @throws when this account may not mount.
 */
async function onSmallDisk<T>(work: (disk: Disk) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'paperboy-chaos-disk-'));
  const resize = async (kb: number) =>
    void (await run('mount', ['-o', `remount,size=${kb}k`, dir]));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KB}k,mode=0777`, 'tmpfs', dir]);
  const unmount = () => run('umount', ['-l', dir]);
  const abandon = () => void unmount().catch(() => {});
  process.once('exit', abandon);
  try {
    return await work({
      postgres: async () => {
        const { TMPDIR } = process.env;
        process.env.TMPDIR = dir;
        try {
          return await startPostgres();
        } finally {
          if (TMPDIR === undefined) delete process.env.TMPDIR;
          else process.env.TMPDIR = TMPDIR;
        }
      },
      fill: async () => {
        for (let tries = 1; ; tries++) {
          const { stdout } = await run('df', ['-k', '--output=used', dir]);
          try {
            return await resize(Number(stdout.trim().split('\n')[1]));
          } catch (error) {
            if (tries === FILL_TRIES) throw error; // it grew meanwhile, and cannot be made smaller
          }
        }
      },
      free: () => resize(DISK_KB),
    });
  } finally {
    process.off('exit', abandon);
    await unmount();
    await rmdir(dir);
  }
}
