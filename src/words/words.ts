import type { Language } from '../domain/language.ts';
import { de } from './de.ts';
import { en } from './en.ts';

/** Everything that subscribers read, in one language. English is the measure of completeness. */
export type Words = typeof en;

const catalogues: Readonly<Record<Language, Words>> = { en, de };

export function wordsFor(language: Language): Words {
  return catalogues[language];
}
