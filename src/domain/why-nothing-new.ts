/** What a look at a source found, as far as it explains why nothing was new. */
export interface Look {
  readonly source: string;
  /** A day, a file, an address. */
  readonly input: string;
  /** The day on which it was looked at, ISO; the input's own day comes first. */
  readonly today: string;
  readonly readable: number;
  readonly rejections: readonly { readonly why: string }[];
  readonly rejected: number;
  /** What the source said of itself. */
  readonly said?: string | undefined;
  /** The input of an earlier look that listed the very same papers. */
  readonly sameAs?: string | undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const WEEKEND: Readonly<Record<number, string>> = { 0: 'Sunday', 6: 'Saturday' };
/** Sources that are known to rest at weekends, and how one says it. */
const RESTING: readonly (readonly [RegExp, string])[] = [
  [/^arxiv\b/, 'arXiv announces nothing'],
  [/^hf-daily\b/, 'Hugging Face lists nothing'],
];

/** Why a look at a source brought nothing new, in words. */
export function whyNothingNew(look: Look): string {
  const { readable, rejected, said } = look;
  if (readable + rejected === 0) return said ?? resting(look) ?? 'nothing was listed';
  return said === undefined ? ofPapers(look) : `${ofPapers(look)}; ${said}`;
}

function ofPapers(look: Look): string {
  const { readable, rejected } = look;
  if (readable === 0) {
    return `${unread(rejected)} could be read: ${look.rejections[0]?.why ?? 'no reason kept'}`;
  }
  if (look.sameAs === undefined) {
    return `nothing new: ${readable === 1 ? 'the one paper was' : `all ${readable} papers were`} known already`;
  }
  const ids = readable === 1 ? 'the same id' : `the same ${readable} ids`;
  if (look.sameAs === look.input) return `${ids} as at an earlier look`;
  return isDayBefore(look.sameAs, look.input)
    ? `${ids} as the day before`
    : `${ids} as ${look.sameAs}`;
}

function unread(rows: number): string {
  return rows === 1 ? 'not even its one row' : `none of the ${rows} rows`;
}

function resting({ source, input, today }: Look): string | undefined {
  const day = WEEKEND[new Date(DAY.test(input) ? input : today).getUTCDay()];
  const [, words] = RESTING.find(([name]) => name.test(source)) ?? [];
  return day === undefined || words === undefined ? undefined : `${day}: ${words}`;
}

const DAY_MS = 86_400_000;

function isDayBefore(earlier: string, day: string): boolean {
  return DAY.test(earlier) && DAY.test(day) && Date.parse(day) - Date.parse(earlier) === DAY_MS;
}
