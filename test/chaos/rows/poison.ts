import { audit, sum } from '../audit.ts';
import { addressOf, type Bench } from '../bench.ts';
import type { PoisonMode } from '../provider.ts';
import { type Random, random } from '../random.ts';
import { check, promises, type Row, stood } from '../row.ts';
import { withStage } from '../stage.ts';

const WORKERS = 2;
const SLICE = 100;
/** 200 slices when the others have 100. */
const TIMES = 2;

export const poison: Row = {
  id: '8',
  fault: '1 and 3 poison recipients in 200 slices, strict and permissive',
  quick: true,
  run: async (bench) => {
    const parts = [];
    for (const mode of ['strict', 'index', 'permissive'] as const)
      parts.push(await play(bench, mode));
    const found = sum(parts.map(({ found }) => found));
    return {
      audit: found,
      checks: parts.flatMap(({ checks }) => checks),
      other: parts.map(({ other }) => other).join('; '),
    };
  },
};

/** One slice with one of them and one with three, told without a place, with one, or beside ids. */
function play(bench: Bench, mode: PoisonMode) {
  const share = mode === 'index' || bench.settings.quick ? 1 : TIMES;
  const recipients = bench.settings.recipients * share;
  return withStage(bench, { name: `row-8-${mode}`, recipients }, async (stage) => {
    const bad = new Set(chosen(stage.dice, recipients));
    stage.provider.poison = { addresses: bad, mode };
    await stage.ask();
    stage.start(WORKERS);
    const settled = await stage.settled(30_000);
    const found = await audit(stage);
    const refused = await stage.sql<{ email: string }>(
      `select s.email from deliveries d join subscribers s on s.id = d.subscriber_id
        where d.state = 'refused'`,
    );
    const only = refused.length === bad.size && refused.every(({ email }) => bad.has(email));
    const requests = stage.provider.account.requests.length;
    return {
      found,
      checks: [
        ...promises(found),
        stood(stage),
        check(`an end (${mode})`, settled),
        check(`only the ${bad.size} are refused (${mode}), not ${refused.length}`, only),
      ].map((one) => ({ ...one, promise: `${mode}: ${one.promise}` })),
      other: `${mode}: ${found.refused} refused, ${requests} requests for ${recipients / SLICE} slices`,
    };
  });
}

function chosen(dice: Random, recipients: number): string[] {
  const [one = 0, three = 1] = dice.shuffled(
    Array.from({ length: recipients / SLICE }, (_, slice) => slice),
  );
  const within = dice.shuffled(Array.from({ length: SLICE }, (_, place) => place + 1));
  const [first = 1, ...others] = within.slice(0, 4);
  return [one * SLICE + first, ...others.map((place) => three * SLICE + place)].map(addressOf);
}

/** Kept apart from the stage's dice, which the order of requests moves on. */
export const victims = (seed: number, name: string, count: number, of: number): Set<number> =>
  new Set(
    random(seed, name)
      .shuffled(Array.from({ length: of }, (_, place) => place))
      .slice(0, count),
  );
