import { cutAtWord } from '../domain/text.ts';

const CHARS_MIN = 40;
const CHARS_MAX = 130;

/**
 * What a mail program shows beside the subject: the next three titles if they fit whole, else the
 * next two, cut; of a single paper what it is about.
 * @param fillers follow, one after the other, while that is too short.
 */
export function preheader(
  next: readonly string[],
  gist: string,
  fillers: readonly string[],
): string {
  let line = next.length === 0 ? cutAtWord(gist, CHARS_MAX) : joined(next);
  for (const filler of fillers) {
    if (line.length < CHARS_MIN) line = line === '' ? filler : `${line} · ${filler}`;
  }
  return line;
}

function joined(titles: readonly string[]): string {
  const all = titles.join(' · ');
  const [first = '', second] = titles;
  if (all.length <= CHARS_MAX || second === undefined) return cutAtWord(all, CHARS_MAX);
  const room = CHARS_MAX - 3;
  const head = cutAtWord(first, Math.max(Math.floor(room / 2), room - second.length));
  return `${head} · ${cutAtWord(second, room - head.length)}`;
}
