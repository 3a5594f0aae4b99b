import { audit } from '../audit.ts';
import type { Fault } from '../provider.ts';
import { deck, type Random } from '../random.ts';
import { check, clean, promises, type Row, stood } from '../row.ts';
import { withStage } from '../stage.ts';

const WORKERS = 2;
const HTML = '<!doctype html><title>Gateway</title><p>All is well.';

const drop: Fault = { taken: true, answer: 'drop' };
const cut: Fault = { taken: true, answer: 'cut' };
const html: Fault = { taken: true, answer: { status: 200, body: HTML } };
const nothing: Fault = { taken: true, answer: { status: 200, body: 'null' } };

/** What becomes of the network's requests: a fifth is taken and never answered, and so on. */
export const lies: readonly (readonly [Fault | undefined, number])[] = [
  [drop, 0.2],
  [cut, 0.05],
  [html, 0.02],
  [nothing, 0.02],
];

/** For the first `count` requests exactly these shares; after them by chance. */
export function lying(dice: Random, count: number, shares = lies): () => Fault | undefined {
  const dealt = deck(dice, count, shares, undefined);
  return () => {
    if (dealt.length > 0) return dealt.pop();
    let left = dice.next();
    return shares.find(([, share]) => {
      left -= share;
      return left < 0;
    })?.[0];
  };
}

export const lyingNetwork: Row = {
  id: '5',
  fault: 'network: 20 % taken and dropped, 5 % cut body, 2 % HTML 200, 2 % `null`',
  quick: true,
  run: (bench) =>
    withStage(bench, { name: 'row-5' }, async (stage) => {
      const counts = new Map<Fault, number>();
      const next = lying(stage.dice, Math.ceil(stage.recipients / 100));
      stage.provider.script = () => {
        const fault = next();
        if (fault !== undefined) counts.set(fault, (counts.get(fault) ?? 0) + 1);
        return fault;
      };
      await stage.ask();
      stage.start(WORKERS);
      const settled = await stage.settled();
      const found = await audit(stage);
      const [dropped, cuts, htmls, nulls] = lies.map(([fault]) => counts.get(fault as Fault) ?? 0);
      return {
        audit: found,
        checks: [...promises(found), clean(found), stood(stage), check('an end', settled)],
        other: `${dropped} dropped, ${cuts} cut, ${htmls} HTML, ${nulls} null in ${stage.provider.account.requests.length} requests`,
      };
    }),
};
