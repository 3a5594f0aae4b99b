import type { z } from 'zod';
import { cutAtWord, plainText } from '../domain/text.ts';

const EXCERPT_CHARS_MAX = 160;
const ISSUES_MAX = 3;

/** The beginning of what a source sent, on one line and safe for a terminal. */
export function excerpt(text: string): string {
  const words = plainText(text.slice(0, 4_000));
  return words === '' ? 'nothing' : cutAtWord(words, EXCERPT_CHARS_MAX);
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
