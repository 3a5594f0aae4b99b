import { addDays } from './calendar.ts';
import type { Prepared, Wish } from './compose.ts';
import type { Addressee, Composition, Week } from './composition.ts';
import type { Candidate } from './edition.ts';
import { topicScore } from './rank/topics.ts';

const ABOUT_MAX = 3;
const MISSED_MAX = 5;

/** What a delivery is to know of its subscriber; of who reads once a week, also of their week. */
export function addresseeOf(
  prepared: Prepared,
  reader: Wish & { readonly email: string },
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
function weekOf({ edition, texts }: Prepared, wish: Wish, composition: Composition): Week {
  const since = addDays(edition.date, -wish.lookbackDays);
  const { exclude } = wish.preferences;
  const listed = edition.candidates.filter(({ newOn }) => newOn > since);
  const shown = new Set(composition.flatMap(({ paperId, also = [] }) => [paperId, ...also]));
  const readable = edition.candidates.filter((candidate, index) => {
    const text = texts[index];
    if (candidate.newOn <= since || text === undefined) return false;
    return !exclude.some((word) => topicScore(text, word) > 0);
  });
  const best = readable[0]?.paper.id;
  return {
    listed: listed.length,
    about: aboutMost(listed),
    ...(best === undefined ? {} : { best }),
    missed: readable
      .map(({ paper }) => paper.id)
      .filter((id) => !shown.has(id) && !wish.delivered.has(id))
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
