import type { Addressee, Composition } from '../domain/composition.ts';
import type { Edition } from '../domain/edition.ts';
import type { Email } from '../domain/email.ts';
import type { Frame } from '../domain/frame.ts';
import type { Links } from '../domain/links.ts';
import { cutAtWord } from '../domain/text.ts';
import { type DigestView, digestView } from './digest-view.ts';
import { compileHtml, compileText } from './handlebars.ts';
import { digestHeaders } from './headers.ts';
import { oneLine, wrap } from './plain.ts';
import type { Template } from './template.ts';
import type { Form } from './view.ts';

/** Everything that decides one email, beside the template. */
export interface DigestInput {
  readonly edition: Edition;
  readonly frame: Frame;
  readonly subscriberId: number;
  readonly addressee: Addressee;
  readonly composition: Composition;
  readonly links: Links;
  /** For the Date header: ISO instant. */
  readonly sentAt: string;
}

/** Gmail shows about 102 kB of a mail and hides the rest, the way out included. */
const HTML_BYTES_MAX = 90_000;
const SUBJECT_CHARS_MAX = 120;
const TEXT_COLUMNS = 72;

/**
 * Compiles a template for many deliveries. The function it returns is pure: the same input always
 * makes the same bytes. It throws when the composition is empty, names a paper that the edition
 * does not have, or makes HTML that no form brings under the size limit.
 */
export function renderer(template: Template): (input: DigestInput) => Email {
  const fillSubject = compileText(template.sources.subject);
  const fillHtml = compileHtml(template.sources.html);
  const fillText = compileText(template.sources.text);
  const subjectOf = (view: DigestView) => cutAtWord(oneLine(fillSubject(view)), SUBJECT_CHARS_MAX);
  const htmlOf = (view: DigestView) => fillHtml({ ...view, subject: subjectOf(view) });

  return (input) => {
    const { edition, frame, subscriberId, addressee, composition } = input;
    const { view, html }: Drawn =
      addressee.layout === 'text'
        ? { view: digestView(input, composition.length, 'compact') }
        : fitting(input, htmlOf);
    const subject = subjectOf(view);
    return {
      deliveryId: `${edition.id}/${subscriberId}`,
      from: oneLine(frame.from),
      to: addressee.email,
      subject,
      ...(html === undefined ? {} : { html }),
      text: wrap(fillText({ ...view, subject }), TEXT_COLUMNS),
      headers: digestHeaders(input),
    };
  };
}

interface Drawn {
  readonly view: DigestView;
  readonly html?: string;
}

/**
 * Keeps the HTML under the limit without ever cutting it: papers take the compact form, from the
 * last one up, until the rest fits. The text is made from the same view and so says the same.
 */
function fitting(input: DigestInput, htmlOf: (view: DigestView) => string): Required<Drawn> {
  const draw = (fullMax: number, shorter: Form) => {
    const view = digestView(input, fullMax, shorter);
    return { view, html: htmlOf(view) };
  };
  const fits = ({ html }: Required<Drawn>) => Buffer.byteLength(html) < HTML_BYTES_MAX;

  let tooMany = input.addressee.layout === 'compact' ? 0 : input.composition.length;
  const wanted = draw(tooMany, 'compact');
  if (fits(wanted)) return wanted;
  let best = draw(0, 'compact');
  if (!fits(best)) {
    const bare = draw(0, 'bare');
    if (fits(bare)) return bare;
    throw new Error(`edition ${input.edition.id}: ${bare.view.heading} do not fit into one email`);
  }
  for (let fullMax = 0; tooMany - fullMax > 1; ) {
    const middle = Math.floor((fullMax + tooMany) / 2);
    const next = draw(middle, 'compact');
    if (fits(next)) [best, fullMax] = [next, middle];
    else tooMany = middle;
  }
  return best;
}
