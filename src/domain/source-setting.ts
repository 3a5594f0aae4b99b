import { z } from 'zod';
import { isCategory } from './arxiv-categories.ts';

/** More of them make an address that servers refuse. */
const CATEGORIES_MAX = 40;

const Categories = z
  .array(
    z
      .string()
      .refine(isCategory, { error: 'expected an arXiv category such as cs.CL or quant-ph' }),
  )
  .min(1)
  .max(CATEGORIES_MAX);

/** What a digest may say of each kind of source. A name alone stands for its defaults. */
const kinds = [
  z.strictObject({
    source: z.literal('hf-daily'),
    /** The list of each day, of the running week or month, or what is trending now. */
    list: z.enum(['day', 'week', 'month', 'trending']).default('day'),
  }),
  z.strictObject({
    source: z.literal('arxiv'),
    categories: Categories,
    /** The search API, the feeds of the newest announcement, or the harvest of what changed. */
    via: z.enum(['api', 'feed', 'oai']).default('api'),
    /** Whether papers count that have the category only as a cross-list. */
    crossLists: z.boolean().default(true),
  }),
  z.strictObject({
    source: z.literal('feed'),
    url: z.url({ protocol: /^https?$/, error: 'expected an http or https address' }).max(2_000),
  }),
  z.strictObject({ source: z.literal('page'), file: z.string().min(1) }),
  z.strictObject({ source: z.literal('jsonl'), file: z.string().min(1) }),
  /** The table or view that the configuration names. */
  z.strictObject({ source: z.literal('sql') }),
] as const;

const Settings = z.discriminatedUnion('source', kinds);
export type SourceSetting = z.infer<typeof Settings>;
export type SourceKind = SourceSetting['source'];

/** Every kind, for help and errors. */
export const sourceKinds = kinds.map((kind) => kind.shape.source.value);

/** A source as a digest names it: `"hf-daily"`, or `{ "source": "arxiv", "categories": ["cs.CL"] }`. */
export const SourceSetting = z.preprocess(
  (value) => (typeof value === 'string' ? { source: value } : value),
  Settings,
);

/** One source in the ledger, the timetable and on the screen; two settings that differ have two. */
export function sourceName(setting: SourceSetting): string {
  switch (setting.source) {
    case 'hf-daily':
      return setting.list === 'day' ? 'hf-daily' : `hf-daily ${setting.list}`;
    case 'arxiv': {
      const via = setting.via === 'api' ? '' : ` by ${setting.via}`;
      const own = setting.crossLists ? '' : ' without cross-lists';
      return `arxiv ${setting.categories.join('+')}${via}${own}`;
    }
    case 'feed':
      return `feed ${setting.url}`;
    case 'page':
    case 'jsonl':
    case 'sql':
      return setting.source;
  }
}
