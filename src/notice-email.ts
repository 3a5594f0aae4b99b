import type { App } from './app.ts';
import { maskedAddress } from './domain/address.ts';
import { languageNamed } from './domain/language.ts';
import type { NoticeKind } from './domain/notice.ts';
import { type Purpose, signToken } from './domain/token.ts';
import { noticeRenderer, TO_SUBSCRIBERS } from './render/notice.ts';
import type { ClaimedNotice } from './store/notices.ts';
import { type Subscriber, subscriberById } from './store/subscribers.ts';
import { whenWords } from './words/when.ts';
import { wordsFor } from './words/words.ts';

type Needs = Pick<App, 'db' | 'keys' | 'sender' | 'noticeTemplate'>;

/** Where the one link of a notice leads, and by which token. */
const DOORS: Readonly<Record<Exclude<NoticeKind, 'alert'>, { path: string; purpose: Purpose }>> = {
  confirm: { path: 'confirm', purpose: 'confirm' },
  known: { path: 'preferences', purpose: 'preferences' },
  welcome: { path: 'preferences', purpose: 'preferences' },
  link: { path: 'preferences', purpose: 'preferences' },
  address: { path: 'address', purpose: 'address' },
  moved: { path: 'preferences', purpose: 'preferences' },
  goodbye: { path: 'unsubscribe', purpose: 'unsubscribe' },
};

/** What these are about is no subscriber. */
const ABOUT_NOBODY: ReadonlySet<NoticeKind> = new Set(['confirm', 'address', 'alert']);

/** Renders a notice. @returns the email; or why it is not to leave any more, in words. */
export async function noticeEmail(app: Needs, notice: ClaimedNotice) {
  const { kind, id, aboutId } = notice;
  const language = languageNamed(notice.language) ?? 'en';
  const { sender: frame } = app;
  const link = (path: string, purpose: Purpose, number: number) =>
    `${frame.baseUrl}/${path}/${signToken(app.keys, [...app.keys.keys()][0] ?? '', purpose, number)}`;
  const subscriber = ABOUT_NOBODY.has(kind) ? undefined : await subscriberById(app.db, aboutId);
  const subscribed = TO_SUBSCRIBERS.has(kind) && subscriber?.state === 'active';
  const wayOut = subscribed
    ? link('unsubscribe', 'unsubscribe', aboutId)
    : link('opt-out', 'opt-out', id);
  const render = noticeRenderer(await app.noticeTemplate());
  const askedAt = notice.askedAt.toISOString();
  const base = { ...notice, language, frame, wayOut, subscribed, askedAt };
  if (kind === 'alert') {
    const told = notice.told ?? { heading: '', lines: [] };
    return render({ ...base, kind, told, url: '' });
  }
  const { path, purpose } = DOORS[kind];
  const url = link(path, purpose, aboutId);
  if (kind !== 'welcome' && kind !== 'moved' && kind !== 'goodbye')
    return render({ ...base, kind, url });
  const why = outdated(kind, subscriber);
  if (subscriber === undefined || why !== undefined) return why ?? 'nobody is there any more';
  if (kind === 'goodbye') return render({ ...base, kind, url });
  if (kind === 'moved')
    return render({ ...base, kind, url, mask: maskedAddress(subscriber.email) });
  const when = whenWords(subscriber.preferences, wordsFor(language));
  return render({ ...base, kind, url, when });
}

/** Why a notice on a state that has changed since says nothing true any more. */
function outdated(kind: NoticeKind, subscriber: Subscriber | undefined): string | undefined {
  if (kind === 'welcome' && subscriber?.state !== 'active') return 'they left again';
  if (kind === 'goodbye' && subscriber?.state === 'active') return 'they came back';
  return undefined;
}
