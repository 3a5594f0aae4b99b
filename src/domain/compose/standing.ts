import { addDays } from '../calendar.ts';
import type { Candidate } from '../edition.ts';
import type { Preferences } from '../preferences.ts';
import type { Prepared } from './prepared.ts';

/** What one subscriber's digest of an edition may be made of. */
export interface Bounds {
  readonly preferences: Preferences;
  /** Ids of every paper that an earlier digest already brought this subscriber. */
  readonly delivered: ReadonlySet<string>;
  /** Days of news, counted back from the edition's date (see `Due`). */
  readonly lookbackDays: number;
}

/** Whether a paper may be in somebody's digest, or what keeps it out. */
export type Standing =
  | { readonly kind: 'open' }
  | { readonly kind: 'pinned'; readonly by: string }
  | { readonly kind: 'had' }
  /** No news since their last digest. */
  | { readonly kind: 'old' }
  | { readonly kind: 'excluded'; readonly word: string };

const OPEN: Standing = { kind: 'open' };
const HAD: Standing = { kind: 'had' };
const OLD: Standing = { kind: 'old' };

/** Where every paper of the edition stands, in its order: nothing later lets one in that this keeps out. */
export function standings(prepared: Prepared, bounds: Bounds): Standing[] {
  const since = addDays(prepared.edition.date, -bounds.lookbackDays);
  const excluded = new Map<number, string>();
  for (const word of bounds.preferences.exclude) {
    for (const { index } of prepared.find(word)) {
      if (!excluded.has(index)) excluded.set(index, word);
    }
  }
  return prepared.edition.candidates.map((candidate, index) =>
    standing(candidate, excluded.get(index), since, bounds),
  );
}

function standing(
  { paper, newOn, curated }: Candidate,
  excluded: string | undefined,
  since: string,
  { delivered }: Bounds,
): Standing {
  if (delivered.has(paper.id)) return HAD;
  if (excluded !== undefined) return { kind: 'excluded', word: excluded };
  if (curated?.pinned !== undefined) return { kind: 'pinned', by: curated.pinned.by };
  return newOn <= since ? OLD : OPEN;
}
