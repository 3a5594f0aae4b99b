import type { Context } from 'hono';
import type { App } from '../app.ts';
import type { Language } from '../domain/language.ts';
import { type Purpose, signToken, verifyToken } from '../domain/token.ts';
import { type Subscriber, subscriberById } from '../store/subscribers.ts';
import { type Words, wordsFor } from '../words/words.ts';

/** Who stands before a page that a signed link opened, and how to speak to them. */
export interface Reader {
  readonly subscriber: Subscriber;
  readonly token: string;
  readonly language: Language;
  readonly words: Words;
}

/** Whom the token in the path names; undefined for every token that does not open this page. */
export async function readerOf(
  app: Pick<App, 'db' | 'keys'>,
  context: Context,
  purpose: Purpose,
  scope = '',
): Promise<Reader | undefined> {
  const token = context.req.param('token') ?? '';
  const id = verifyToken(app.keys, token, purpose, scope);
  const subscriber = id === undefined ? undefined : await subscriberById(app.db, id);
  if (subscriber === undefined) return undefined;
  const { language } = subscriber.preferences;
  return { subscriber, token, language, words: wordsFor(language) };
}

/** A token of today's key. */
export function freshToken(app: Pick<App, 'keys'>, purpose: Purpose, id: number): string {
  return signToken(app.keys, [...app.keys.keys()][0] ?? '', purpose, id);
}
