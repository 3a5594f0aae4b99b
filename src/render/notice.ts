import type { Email } from '../domain/email.ts';
import type { Frame } from '../domain/frame.ts';
import type { Language } from '../domain/language.ts';
import { wordsFor } from '../words/words.ts';
import { compileHtml, compileText } from './handlebars.ts';
import { mailDate } from './headers.ts';
import { oneLine, wrap } from './plain.ts';
import type { Template } from './template.ts';

/** Everything that decides one notice, beside the template. No word of it comes from a stranger. */
export interface NoticeInput {
  readonly id: number;
  readonly kind: 'confirm' | 'known' | 'link' | 'address';
  readonly email: string;
  readonly language: Language;
  /** Where its one link leads. */
  readonly url: string;
  readonly frame: Pick<Frame, 'from' | 'baseUrl' | 'postalAddress'>;
  /** When it was asked for: ISO instant, for the Date header. */
  readonly askedAt: string;
}

const TEXT_COLUMNS = 72;

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
        'Auto-Submitted': 'auto-generated',
        'Content-Language': language,
      },
    };
  };
}

function noticeView({ kind, language, url, frame }: NoticeInput) {
  const { notice } = wordsFor(language);
  return {
    language,
    ...notice[kind],
    url,
    because: notice.because(new URL(frame.baseUrl).host),
    postalAddress: oneLine(frame.postalAddress),
  };
}

/** Every field of a notice, against which its template is checked as it is loaded. */
export function sampleNotice(): object {
  return noticeView({
    id: 1,
    kind: 'confirm',
    email: 'reader@example.org',
    language: 'en',
    url: 'https://example.org/confirm',
    frame: { from: '', baseUrl: 'https://example.org', postalAddress: '1 Sample Street' },
    askedAt: '2025-03-14T07:00:00Z',
  });
}
