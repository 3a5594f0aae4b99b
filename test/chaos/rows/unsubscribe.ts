import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/store/database.ts';
import { leave, ONE_CLICK } from '../../../src/store/leaving.ts';
import { audit } from '../audit.ts';
import { addressOf } from '../bench.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { type Stage, withStage } from '../stage.ts';
import { paceFor } from './kills.ts';

const WORKERS = 4;
const LEAVING = 500;
const SENDING_S = 18;
const AT_ONCE = 10;
/** A request that was decided on before may be this long on its way, on a loaded machine. */
const ON_THE_WAY_MS = 2_000;

export const unsubscribes: Row = {
  id: '13',
  fault: `unsubscribe during sending, ${LEAVING} people`,
  quick: true,
  run: (bench) => {
    const env = paceFor(bench.settings.recipients, SENDING_S);
    return withStage(bench, { name: 'row-13', env }, async (stage) => {
      stage.provider.script = () =>
        stage.dice.next() < 0.1 ? { taken: true, answer: 'drop' } : undefined;
      await stage.ask();
      await Promise.all(stage.start(WORKERS).map(({ ready }) => ready));
      await stage.accepted(0.01);
      const left = await peopleLeave(stage, Math.min(LEAVING, stage.recipients / 4));
      const settled = await stage.settled();
      const found = await audit(stage);
      const late = await tooLate(stage, left);
      const before = [...left.keys()].filter(
        (number) => stage.provider.account.idsOf(addressOf(number)).length > 0,
      ).length;
      return {
        audit: found,
        checks: [
          ...promises(found),
          stood(stage),
          check('an end', settled),
          check(
            `none in a request first made after they left, not ${late.byLedger} by the ledger's clock and ${late.byProvider} by the provider's`,
            late.byLedger + late.byProvider === 0,
          ),
          check(
            `the others are suppressed, ${found.suppressed} and ${before} of ${left.size}`,
            found.suppressed + before === left.size,
          ),
          check('some left before and some after their mail', before > 0 && before < left.size),
        ],
        other: `${left.size} left: ${before} after their request, ${found.suppressed} before it, ${late.byProvider + late.byLedger} too late`,
      };
    });
  },
};

/** People leave one after the other while mail goes out. @returns when each had left. */
async function peopleLeave(stage: Stage, count: number): Promise<Map<number, number>> {
  const everybody = Array.from({ length: stage.recipients }, (_, index) => index + 1);
  const leaving = stage.dice.shuffled(everybody).slice(0, count);
  const left = new Map<number, number>();
  const { db, close } = await openDatabase({ url: stage.databaseUrl });
  try {
    for (const [index, number] of leaving.entries()) {
      await leave(db, number, ONE_CLICK, new Date());
      left.set(number, Date.now());
      if (index % AT_ONCE === 0) await sleep((SENDING_S * 700 * AT_ONCE) / count);
    }
  } finally {
    await close();
  }
  return left;
}

/** People in a request whose first attempt began, or came in, after they had left. */
async function tooLate(stage: Stage, left: ReadonlyMap<number, number>) {
  const rows = await stage.sql<{ id: string; at: Date }>(
    `select d.subscriber_id as id, s.first_attempt_at as at
       from deliveries d join slices s on s.id = d.slice_id where d.state = 'submitted'`,
  );
  const first = new Map<string, number>();
  for (const { recipients, firstAt } of stage.provider.account.keys.values()) {
    for (const recipient of recipients) first.set(recipient, firstAt);
  }
  const gone = (number: number) => left.get(number) ?? Number.POSITIVE_INFINITY;
  return {
    byLedger: rows.filter(({ id, at }) => at.getTime() > gone(Number(id))).length,
    byProvider: [...left].filter(
      ([number, at]) => (first.get(addressOf(number)) ?? 0) > at + ON_THE_WAY_MS,
    ).length,
  };
}
