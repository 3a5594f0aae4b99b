import type { Email } from '../domain/email.ts';
import type { Frame } from '../domain/frame.ts';
import type { Language } from '../domain/language.ts';
import type { NoticeKind, Told } from '../domain/notice.ts';
import { cutAtWord } from '../domain/text.ts';
import { wordsFor } from '../words/words.ts';
import { compileHtml, compileText } from './handlebars.ts';
import { mailDate } from './headers.ts';
import { oneLine, wrap } from './plain.ts';
import type { Template } from './template.ts';

/** What the words of a notice depend on, by its kind. No word of it comes from a stranger. */
type Said =
  | { readonly kind: 'confirm' | 'known' | 'link' | 'address' | 'goodbye' }
  /** When the digest comes. */
  | { readonly kind: 'welcome'; readonly when: string }
  /** The new address, masked: the old one may be somebody else's by now. */
  | { readonly kind: 'moved'; readonly mask: string }
  | { readonly kind: 'alert'; readonly told: Told };

/** Everything that decides one notice, beside the template. */
export type NoticeInput = Said & {
  readonly id: number;
  readonly email: string;
  readonly language: Language;
  /** Where its one link leads; empty for none. */
  readonly url: string;
  /** Where it stops: of who is subscribed the subscription, of everybody else every mail to the address. */
  readonly wayOut: string;
  readonly subscribed: boolean;
  readonly frame: Pick<Frame, 'from' | 'baseUrl' | 'postalAddress' | 'brand'>;
  /** When it was asked for: ISO instant, for the Date header. */
  readonly askedAt: string;
};

/**
 * The notices to who is subscribed, unless they left by now. All others go to an address that nobody
 * may have confirmed.
 */
export const TO_SUBSCRIBERS: ReadonlySet<NoticeKind> = new Set(['known', 'welcome', 'link']);

const TEXT_COLUMNS = 72;
const LINE_CHARS_MAX = 500;
const PREHEADER_CHARS_MAX = 130;

/** Compiles the template of notices. The function it returns is pure. */
export function noticeRenderer(template: Template): (input: NoticeInput) => Email {
  const fillSubject = compileText(template.sources.subject);
  const fillHtml = compileHtml(template.sources.html);
  const fillText = compileText(template.sources.text);
  return (input) => {
    const { id, email, language, frame, askedAt } = input;
    const view = noticeView(input);
    return {
      deliveryId: `notices/${askedAt.slice(0, 10)}/${id}`,
      from: oneLine(frame.from),
      to: email,
      subject: oneLine(fillSubject(view)),
      html: fillHtml(view),
      text: wrap(fillText(view), TEXT_COLUMNS),
      headers: {
        'Message-ID': `<notice.${id}@${new URL(frame.baseUrl).hostname}>`,
        Date: mailDate(askedAt),
        'List-Unsubscribe': `<${input.wayOut}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Feedback-ID': `notice:${input.kind}:paperboy`,
        'Auto-Submitted': 'auto-generated',
        'Content-Language': language,
      },
    };
  };
}

/** Everything that the template of notices may name; an empty string is not shown. */
function noticeView(input: NoticeInput) {
  const { kind, language, url, frame, subscribed } = input;
  const { notice, digest } = wordsFor(language);
  const name = oneLine(frame.brand ?? 'Paperboy');
  const said = wordsOf(input, name);
  const host = new URL(frame.baseUrl).host;
  return {
    language,
    ...said,
    preheader: cutAtWord(said.paragraphs.join(' '), PREHEADER_CHARS_MAX),
    url,
    unsubscribe: input.wayOut,
    unsubscribeLabel: subscribed ? digest.unsubscribe : notice.optOut,
    archive: `${frame.baseUrl}/archive`,
    archiveLabel: notice.archive,
    because: kind === 'alert' ? notice.alertBecause(host) : notice.because(host),
    postalAddress: oneLine(frame.postalAddress),
  };
}

function wordsOf(input: NoticeInput, name: string) {
  const { notice } = wordsFor(input.language);
  if (input.kind === 'alert') {
    const { heading, lines } = input.told;
    return {
      subject: `${name}: ${oneLine(heading)}`,
      heading: oneLine(heading),
      paragraphs: lines.map((line) => cutAtWord(oneLine(line), LINE_CHARS_MAX)),
      action: '',
      note: '',
    };
  }
  const words =
    input.kind === 'welcome'
      ? notice.welcome(name, input.when)
      : input.kind === 'moved'
        ? notice.moved(name, input.mask)
        : notice[input.kind](name);
  const { body, ...rest } = words;
  return { ...rest, paragraphs: [body] };
}

/** Every field of a notice, against which its template is checked as it is loaded. */
export function sampleNotice(): object {
  return noticeView({
    id: 1,
    kind: 'welcome',
    when: 'every day at 07:00',
    wayOut: 'https://example.org/unsubscribe',
    subscribed: true,
    email: 'reader@example.org',
    language: 'en',
    url: 'https://example.org/confirm',
    frame: { from: '', baseUrl: 'https://example.org', postalAddress: '1 Sample Street' },
    askedAt: '2025-03-14T07:00:00Z',
  });
}
