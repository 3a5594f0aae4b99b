import { addDays } from './calendar.ts';
import type { Prepared } from './compose/prepared.ts';
import { type Bounds, type Standing, standings } from './compose/standing.ts';
import type { Addressee, Composition, Week } from './composition.ts';
import type { Candidate } from './edition.ts';

const ABOUT_MAX = 3;
const MISSED_MAX = 5;

/** What a delivery is to know of its subscriber; of who reads once a week, also of their week. */
export function addresseeOf(
  prepared: Prepared,
  reader: Bounds & { readonly email: string },
  composition: Composition,
): Addressee {
  const { email, preferences } = reader;
  const { layout, language, cadence } = preferences;
  const addressee = { email, layout, language };
  return cadence === 'weekly'
    ? { ...addressee, week: weekOf(prepared, reader, composition) }
    : addressee;
}

/**
 * What a weekly digest says of the week beside its papers: how much was listed and about what, which
 * paper is first in trend order, and what else was high in it. Nothing with a word that they
 * excluded, and nothing that an earlier digest brought.
 */
function weekOf(prepared: Prepared, wish: Bounds, composition: Composition): Week {
  const { date, candidates } = prepared.edition;
  const since = addDays(date, -wish.lookbackDays);
  const listed = candidates.filter(({ newOn }) => newOn > since);
  const shown = new Set(composition.flatMap(({ paperId, also = [] }) => [paperId, ...also]));
  const stand = standings(prepared, wish);
  const idsOf = (...kinds: readonly Standing['kind'][]) =>
    candidates.flatMap(({ paper, newOn }, index) => {
      const kind = stand[index]?.kind ?? 'old';
      return newOn > since && kinds.includes(kind) ? [paper.id] : [];
    });
  const [best] = idsOf('open', 'pinned', 'had');
  return {
    listed: listed.length,
    about: aboutMost(listed),
    ...(best === undefined ? {} : { best }),
    missed: idsOf('open', 'pinned')
      .filter((id) => !shown.has(id))
      .slice(0, MISSED_MAX),
  };
}

/** The categories that most papers are of; of papers without one, what their source calls their topics. */
function aboutMost(candidates: readonly Candidate[]): Week['about'] {
  const times = new Map<string, number>();
  for (const { paper } of candidates) {
    const { categories, topics } = paper;
    for (const name of new Set(categories.length > 0 ? categories : topics))
      times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times]
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, ABOUT_MAX)
    .map(([name, papers]) => ({ name, papers }));
}
