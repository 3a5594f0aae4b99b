import { alertEditions, alertTroubles } from './alert.ts';
import type { App } from './app.ts';
import { type JobName, payloads } from './queue/payloads.ts';
import { type Balance, balances } from './store/balance.ts';
import { sendsDue } from './store/dispatch.ts';
import { waitingNotices } from './store/notices.ts';
import { unsettledEvents } from './store/provider-events.ts';
import { forgetSlots, freezesMissing, markSlotAsked, slotsNotAsked } from './store/slots.ts';
import { editionsUnderWay, waitingSlices } from './store/waiting-slices.ts';

/** What is younger than this may still stand in the queue. */
const IDLE_MS = 30_000;
const ASK_AT_ONCE = 20_000;
const DAY_MS = 86_400_000;
const SLOTS_KEPT_MS = 14 * DAY_MS;
const WATCHED_MS = 3 * DAY_MS;
const COUNT_ALL_EVERY_MS = 3_600_000;

/**
 * Compares the ledger with what must be on its way, and asks again for what may be lost: slices that
 * wait, slots whose process died, editions that nobody froze, sends whose hour came, events nobody settled. Asking for what
 * still stands in the queue changes nothing. Then counts the balance of every edition that may have changed.
 */
export async function sweepLedger(
  app: Pick<App, 'db' | 'queue' | 'now' | 'log' | 'config'>,
  idleMs = IDLE_MS,
): Promise<void> {
  const now = app.now();
  const before = new Date(now.getTime() - idleMs);
  const slices = await waitingSlices(app.db, now, idleMs, ASK_AT_ONCE);
  await app.queue.enqueueAll(
    'submit',
    slices.map((sliceId) => ({ sliceId })),
  );
  const slots = [
    ...(await slotsNotAsked(app.db, before)),
    ...(await freezesMissing(app.db, now, before)),
  ];
  for (const slot of slots) {
    const name = slot.job as JobName;
    await app.queue.enqueue(name, payloads[name].parse(slot.payload) as never);
    await markSlotAsked(app.db, slot);
  }
  for (const sendId of await sendsDue(app.db, now)) await app.queue.enqueue('dispatch', { sendId });
  await app.queue.enqueueAll(
    'notify',
    (await waitingNotices(app.db, now, before)).map((noticeId) => ({ noticeId })),
  );
  await app.queue.enqueueAll(
    'settle',
    (await unsettledEvents(app.db, before, ASK_AT_ONCE)).map((eventId) => ({ eventId })),
  );
  await forgetSlots(app.db, new Date(now.getTime() - SLOTS_KEPT_MS));
  const editions = await countChanged(app, now);
  for (const { editionId, faults } of editions) {
    if (faults.length > 0) app.log.error({ edition: editionId, faults }, 'unbalanced');
  }
  await alertEditions(app, editions);
  await alertTroubles(app, now);
  if (slices.length > 0) app.log.info({ slices: slices.length }, 'swept');
}

/** Which editions were under way at a process's last sweep, and when it last counted all recent ones. */
interface Counted {
  readonly underWay: readonly string[];
  readonly allAt: number;
}
const countedBy = new WeakMap<object, Counted>();

/**
 * The balances of editions that are under way or were at this process's last sweep; at its first, and
 * once an hour, those of every edition of the last three days. The counts of a large edition take a second.
 */
async function countChanged(app: Pick<App, 'db'>, now: Date): Promise<Balance[]> {
  const before = countedBy.get(app);
  const underWay = await editionsUnderWay(app.db);
  const all = before === undefined || Math.abs(now.getTime() - before.allAt) >= COUNT_ALL_EVERY_MS;
  const editions = await balances(
    app.db,
    all
      ? { frozenSince: new Date(now.getTime() - WATCHED_MS) }
      : { editionIds: [...new Set([...before.underWay, ...underWay])] },
  );
  countedBy.set(app, { underWay, allAt: all ? now.getTime() : before.allAt });
  return editions;
}
