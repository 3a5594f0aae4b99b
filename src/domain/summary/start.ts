/** Words that lean on the sentence before and say nothing themselves. */
const LINK =
  /^(?:However|Moreover|Furthermore|Additionally|In addition|Besides|Therefore|Thus|Hence|Consequently|Accordingly|Specifically|In particular|More specifically|Concretely|More concretely|In detail|To this end|To that end|To do (?:so|this)|As a result|For this(?: purpose| reason)?|In response|In contrast|By contrast|Conversely|Instead|Rather|Nevertheless|Nonetheless|Still|Yet|Meanwhile|Notably|(?:More |Most )?[Ii]mportantly|Crucially|Subsequently|Remarkably|Surprisingly|Interestingly|Finally|Lastly|Overall|In summary|In sum|In short|In conclusion|To conclude|To summarize|Firstly?|Secondly?|Thirdly?|Next|Then|Also|Here|Now|So|Indeed|Further|Ultimately|Together|On the other hand|At the same time|In this (?:paper|work|study|article|report|survey|letter|tutorial|technical report|position paper|regard|context|light)|In the (?:current|present) (?:paper|work|study)|And|But|(?:Methods?|Results?|Objectives?|Purpose|Background|Conclusions?|Findings|Aims?|Contributions?|Motivation|Approach|Significance|Introduction):)(?:,\s*|\s+)/;
const LINK_NEEDS_COMMA =
  /^(?:Still|Yet|So|Rather|Next|Then|Now|Here|Also|Instead|First|Second|Third|Further|Together|Indeed)\s/;

/** Words for what stood before. `This paper` and the like stand for the paper itself. */
const DANGLING =
  /^(?:It|Its|They|Their|Them|These|Those|Such|He|She|His|Her|That|Both|Each|Doing so|The (?:former|latter|same|resulting|other|second|third)|(?:This|That)(?! (?:paper|work|study|article|report|survey|thesis|review|tutorial|chapter|letter|research|position paper|technical report|dissertation|contribution|note)\b))\b/;
/** The same in an opening phrase: `To meet these needs, …`, `By doing so, …`. */
const POINTING =
  /\b(?:this|these|those|that|such|it|its|them|their|so|above|aforementioned|former|latter|both|limitations?|challenges?|gaps?|issues?|shortcomings?)\b/i;
const PHRASE =
  /^(?:To|By|With|In|For|From|Given|Inspired|Motivated|Building|Based|Due|Despite|Because|Through|Under|Following|Considering|Recognizing|Beyond|Unlike|While|Although|Even|As|On|At|After|Among|Against|Using|Addressing|Towards?|Upon|Driven|Leveraging|Guided)\b[^,]{0,120},\s+/;
/** `We also propose`: beside what is left out. */
const ALSO =
  /^(We|This \w+|Our \w+) (?:also|further|furthermore|then|thus|therefore|hence|next|additionally|subsequently|consequently|finally) /;
/** `… to meet these needs.` at the end of a sentence. */
const POINTING_END =
  /,? (?:(?:in order )?to|for|that) (?:address|tackle|overcome|solv|resolv|mitigat|bridg|fill|clos|alleviat|remedy|handl|meet|answer)(?:e|es|s|ing)? (?:these|this|those|such|the above|the aforementioned)(?: [\w-]+){0,2}([.!?])$/;
/** Who acts after a phrase that may be left out. */
const ACTOR =
  /^(?:we|our|(?:in )?this (?:paper|work|study|article|report|survey|thesis)|the authors?)\b/i;
/** `(2) ` and `3. ` of a list whose other items are left out. */
const NUMBER = /^(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-e])\)|\d\.)\s+/;
const LINKS_MAX = 3;

/**
 * A sentence as the first of a summary: without the words and the opening phrase that point to what stood
 * before it, or `undefined` when it points there by its subject.
 */
export function standingAlone(sentence: string): string | undefined {
  let rest = withoutLinks(sentence);
  const phrase = PHRASE.exec(rest)?.[0];
  if (phrase !== undefined && POINTING.test(phrase)) {
    const after = withoutLinks(rest.slice(phrase.length));
    if (!ACTOR.test(after)) return undefined;
    rest = after;
  }
  rest = capitalised(rest).replace(ALSO, '$1 ').replace(POINTING_END, '$1');
  return DANGLING.test(rest) || !/^["“‘([«]*[\p{L}\p{N}]/u.test(rest) ? undefined : rest;
}

function withoutLinks(sentence: string): string {
  let rest = sentence;
  for (let times = 0; times < LINKS_MAX; times++) {
    const link = (NUMBER.exec(rest) ?? LINK.exec(rest))?.[0];
    if (link === undefined || LINK_NEEDS_COMMA.test(link)) break;
    rest = capitalised(rest.slice(link.length));
  }
  return rest;
}

/** With a capital at its beginning, unless that is a name such as `iGPT` or `t-SNE`. */
function capitalised(text: string): string {
  return /^\p{Ll}+-?\p{Lu}/u.test(text)
    ? text
    : text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** Where the main clause of a long sentence is over and a supplement begins; what follows takes nothing back. */
const SUPPLEMENT =
  /(?=;\s|, (?:which|where|who|with|including|such as|(?:thereby |thus )?(?:enabling|achieving|allowing|leading|making|demonstrating|highlighting|resulting|showing|providing|offering|indicating|suggesting|outperforming|improving|reducing|surpassing|validating|establishing|showcasing|underscoring|ensuring|supporting)|while (?:maintaining|also|achieving|preserving|using|requiring|reducing|keeping|being))\b)/g;
/** The same, and where a list begins. */
const CLAUSE_END = new RegExp(`${SUPPLEMENT.source}|(?=:\\s|\\s[—–]\\s|, consisting\\b)`, 'g');

/**
 * The longest beginning of a sentence that ends before a supplement, with a full stop; empty when there is
 * none. No bracket is left open.
 * @param lists whether it may also end before a list.
 */
export function atClause(sentence: string, charsMax: number, lists: boolean): string {
  let end = 0;
  for (const { index } of sentence.matchAll(lists ? CLAUSE_END : SUPPLEMENT)) {
    if (index >= charsMax) break;
    const head = sentence.slice(0, index);
    if (head.split('(').length === head.split(')').length) end = index;
  }
  return end === 0 ? '' : `${sentence.slice(0, end).trimEnd()}.`;
}
