/** Where a full stop, or what is as good as one, may end a sentence; closing quotes belong to it. */
const STOP = /[.!?…]+["”’)\]]*(?=\s|\p{Lu})|[。！？]+[」』”）]*|\s+(?=[•▪])/gu;

/** A dot after these stands for letters that were left out, whatever comes next. */
const NEVER_LAST =
  /(?:^|[\s([{“"/—–-])(?:e\.g|i\.e|viz|cf|vs|a\.k\.a|aka|resp|approx|ca|Figs?|Eqs?|Secs?|Tab|Refs?|Thms?|Def|Prop|Lem|Cor|App|No|Nos|Vol|Dr|Prof|Mr|Mrs|Ms|St)$/u;
/** These, an initial and `U.S.` end a sentence when the next word is one that often begins one. */
const SELDOM_LAST = /(?:^|[\s([])(?:et al|al|Inc|Ltd|Co|Jr|Sr|(?:\p{L}\.)*\p{Lu})$/u;
/** `1.` that opens an item of a list. */
const ITEM = /(?:^|[.:;,]\s)\(?\d{1,2}$/u;

const BEGINNER =
  /^["“(]?(?:We|Our|The|This|These|That|Those|It|Its|In|On|To|At|For|From|By|With|As|An?|However|But|And|Here|There|While|When|Where|If|Since|Although|Despite|Experiments?|Results?|Code|Both|Such|They|Their|Moreover|Furthermore|Finally|Using|Through|Based|Extensive|Existing|Recent|Unlike|Beyond|Specifically|Additionally|First|Second|Then|Thus|Therefore)\b/u;
/** A word that may open a sentence: a capital, a digit, a script without capitals, or `iName`. */
const OPENING = /^(?:[%*–—-]\s+)?["“‘([«]*(?:[\p{Lu}\p{Lt}\p{N}\p{Lo}•▪]|\p{Ll}+-?\p{Lu})/u;
/** What lists and comments of LaTeX leave before a sentence. */
const BULLET = /^(?:[%*•▪–—-]\s+)+/u;

const BEFORE_CHARS = 16;
const AFTER_CHARS = 24;

/**
 * The sentences of a text on one line, in order, each with the marks that end it; a last one
 * without any is kept as it is. Rules and not `Intl.Segmenter`, which ends one after `e.g.`, `et al.`
 * and initials, and whose answers change with the ICU of the Node that runs.
 */
export function sentences(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(STOP)) {
    const end = index + mark.length;
    if (!endsHere(text, index, mark, end)) continue;
    push(found, text.slice(start, end));
    start = end;
  }
  push(found, text.slice(start));
  return found;
}

/** Whether a sentence ends as one should: with a stop, and closing quotes or brackets at most. */
export function isWhole(sentence: string): boolean {
  return /[.!?。！？]["”’)\]」』）]*$/u.test(sentence);
}

function endsHere(text: string, at: number, mark: string, end: number): boolean {
  if (/[。！？\s]/u.test(mark[0] ?? '')) return true;
  const before = text.slice(Math.max(0, at - BEFORE_CHARS), at);
  const rest = text.slice(end, end + AFTER_CHARS);
  const after = rest.trimStart();
  if (after === '') return true;
  // Without a space (`models.We`) only a word that begins sentences tells; `Node.JS` is a name.
  if (after === rest) return /\p{Ll}$/u.test(before) && BEGINNER.test(after);
  if (!OPENING.test(after)) return false;
  if (!mark.startsWith('.') || mark.startsWith('..')) return true;
  if (NEVER_LAST.test(before) || ITEM.test(before)) return false;
  return !SELDOM_LAST.test(before) || BEGINNER.test(after);
}

function push(found: string[], piece: string): void {
  const sentence = piece.trim().replace(BULLET, '');
  if (sentence !== '') found.push(sentence);
}
