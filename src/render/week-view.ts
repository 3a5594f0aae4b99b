import type { Week } from '../domain/composition.ts';
import { cutAtWord } from '../domain/text.ts';
import type { Words } from '../words/words.ts';
import { oneLine } from './plain.ts';
import type { Form, TitleView } from './view.ts';

/** The summary on top of a weekly digest. */
export interface WeekView {
  readonly title: string;
  /** Each in words, some with a link. */
  readonly facts: readonly {
    readonly label: string;
    readonly text: string;
    readonly href: string;
  }[];
}

const NAME_CHARS_MAX = 40;

export function weekView(
  { listed, about, best }: Week,
  titled: (paperId: string, form: Form) => TitleView,
  { digest }: Words,
): WeekView {
  const { week } = digest;
  const topics = about.map(({ name, papers }) =>
    week.aboutWords(cutAtWord(oneLine(name), NAME_CHARS_MAX), papers),
  );
  const first = best === undefined ? undefined : titled(best, 'compact');
  return {
    title: week.title,
    facts: [
      { label: week.listed, text: week.listedWords(listed), href: '' },
      { label: week.about, text: topics.join(', '), href: '' },
      { label: week.best, text: first?.title ?? '', href: first?.href ?? '' },
    ].filter(({ text }) => text !== ''),
  };
}
