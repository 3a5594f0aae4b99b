import type { Addressee, Composition } from '../domain/composition.ts';
import type { Candidate, Edition } from '../domain/edition.ts';
import type { Email } from '../domain/email.ts';
import type { Frame } from '../domain/frame.ts';
import type { Links } from '../domain/links.ts';
import { cutAtWord } from '../domain/text.ts';
import { type DigestView, type Drawing, digestView } from './digest-view.ts';
import { compileHtml, compileText } from './handlebars.ts';
import { digestHeaders } from './headers.ts';
import { oneLine, wrap } from './plain.ts';
import type { Template } from './template.ts';
import { type Form, openGallery } from './view.ts';

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
 * makes the same bytes. It throws when the composition names a paper that the edition does not have,
 * or makes HTML that no form brings under the size limit.
 */
export function renderer(template: Template): (input: DigestInput) => Email {
  const fillSubject = compileText(template.sources.subject);
  const fillHtml = compileHtml(template.sources.html);
  const fillText = compileText(template.sources.text);
  const subjectOf = (view: DigestView) => cutAtWord(oneLine(fillSubject(view)), SUBJECT_CHARS_MAX);
  const htmlOf = (view: DigestView) => fillHtml({ ...view, subject: subjectOf(view) });
  const gallery = openGallery();
  const indexOf = openIndex();

  return (input) => {
    const { edition, frame, subscriberId, addressee, composition } = input;
    const byId = indexOf(edition);
    const draw = (fullMax: number, shorter: Form) =>
      digestView(input, { gallery, byId, fullMax, shorter });
    const { view, html }: Drawn =
      addressee.layout === 'text'
        ? { view: draw(composition.length, 'compact') }
        : fitting(input, draw, htmlOf);
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

/** Papers by id, worked out once for all deliveries of an edition. */
function openIndex(): (edition: Edition) => Drawing['byId'] {
  const kept = new WeakMap<readonly Candidate[], Drawing['byId']>();
  return ({ candidates }) => {
    const known = kept.get(candidates);
    if (known !== undefined) return known;
    const index = new Map(candidates.map((candidate) => [candidate.paper.id, candidate]));
    kept.set(candidates, index);
    return index;
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
function fitting(
  input: DigestInput,
  viewOf: (fullMax: number, shorter: Form) => DigestView,
  htmlOf: (view: DigestView) => string,
): Required<Drawn> {
  const draw = (fullMax: number, shorter: Form) => {
    const view = viewOf(fullMax, shorter);
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
