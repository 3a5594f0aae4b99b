/** The archives, those of before 1998 among them: some have subject classes, some have none. */
const WHOLE =
  'gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph ' +
  'acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas ' +
  'cond-mat cs dg-ga econ eess funct-an math mtrl-th nlin patt-sol physics plasm-ph q-alg q-bio ' +
  'q-fin solv-int stat supr-con';

/** Archives with subject classes of two capitals, and with such as `flu-dyn`. */
const CLASSED = /^(?:astro-ph|cs|econ|eess|math|nlin|q-bio|q-fin|stat)\.[A-Z]{2}$/;
const WORDED = /^(?:cond-mat|physics)\.[a-z]{2,5}(?:-[a-z]{2,5})?$/;

const whole = new Set(WHOLE.split(' '));

/**
 * Whether the text is the name of an arXiv category: `cs.CL`, `physics.flu-dyn`, `quant-ph`. Lists
 * bring other classes along, such as ACM's `I.2.7` and MSC's `68T05`.
 * @see https://arxiv.org/category_taxonomy
 */
export function isCategory(text: string): boolean {
  return whole.has(text) || CLASSED.test(text) || WORDED.test(text);
}

/** The archive of a category: `cs` of `cs.CL`. */
export function archiveOf(category: string): string {
  return category.split('.')[0] ?? category;
}
