import type { z } from 'zod';
import { withoutTags } from '../domain/html.ts';
import { cutAtWord, visibleText } from '../domain/text.ts';

const EXCERPT_CHARS_MAX = 160;
/** Tags may fill a page for a while before its first word. */
const READ_CHARS_MAX = 4_000;
const ISSUES_MAX = 3;

/** The beginning of what a source sent, on one line, safe for a terminal and without HTML's tags. */
export function excerpt(text: string, charsMax = EXCERPT_CHARS_MAX): string {
  const words = visibleText(withoutTags(text.slice(0, READ_CHARS_MAX)));
  return words === '' ? 'nothing' : cutAtWord(words, charsMax);
}

/** What does not fit a schema: each field by its path, at most three of them. */
export function explain(error: z.ZodError): string {
  const issues = error.issues.slice(0, ISSUES_MAX).map(({ path, message }) => {
    const field = path.length === 0 ? 'the row' : path.join('.');
    const missing = message.endsWith('received undefined');
    return `${field}: ${missing ? 'is missing' : message.replace(/^Invalid input: /, '')}`;
  });
  const more = error.issues.length - issues.length;
  return issues.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
