import type { SourceSetting } from '../domain/source-setting.ts';
import { fetchArxivApi, fetchArxivFeed, fetchArxivOai } from './arxiv.ts';
import { fetchFeed } from './feed.ts';
import { fetchHfDaily } from './hf-daily-lists.ts';
import type { Client } from './http.ts';
import { readJsonl } from './jsonl.ts';
import { readPage } from './page-file.ts';
import type { Pulled } from './source.ts';

/** Where the well-known sources are, as the configuration says. */
export interface Places {
  readonly hf: string;
  readonly arxivApi: string;
  readonly arxivFeed: string;
  readonly arxivOai: string;
}

/** What one look at a source is about. */
export interface Look {
  /** The day of the list, ISO; today when nobody named one. */
  readonly date: string;
  /** Whether somebody named that day. */
  readonly dated: boolean;
  readonly places: Places;
}

/** A source that is asked by its address; the table `sql` names is read by `ingestSql`. */
export type PulledSetting = Exclude<SourceSetting, { source: 'sql' }>;
type PulledKind = PulledSetting['source'];
type Of<K extends PulledKind> = Extract<SourceSetting, { source: K }>;
type Pull<K extends PulledKind> = (setting: Of<K>, look: Look, client: Client) => Promise<Pulled>;

/** Every source that is pulled: one line each. */
const sources: { readonly [K in PulledKind]: Pull<K> } = {
  'hf-daily': ({ list }, { date, places }, client) =>
    fetchHfDaily(client, { baseUrl: places.hf, date, list }),
  arxiv: (setting, { date, places }, client) => {
    const { via, ...asked } = { ...setting, date };
    if (via === 'api') return fetchArxivApi(client, { ...asked, baseUrl: places.arxivApi });
    if (via === 'oai') return fetchArxivOai(client, { ...asked, baseUrl: places.arxivOai });
    return fetchArxivFeed(client, { ...asked, baseUrl: places.arxivFeed });
  },
  feed: ({ url }, { date }, client) => fetchFeed(client, { url, date }),
  page: ({ file }, { date }) => readPage(file, { date }),
  jsonl: ({ file }, { date, dated }) => readJsonl(file, dated ? { date } : {}),
};

/** Pulls a source as its setting says. @throws SourceError */
export function pull(setting: PulledSetting, look: Look, client: Client): Promise<Pulled> {
  return (sources[setting.source] as Pull<PulledKind>)(setting as never, look, client);
}

/**
 * Whether the source has a list of each day, so that one look is at one day: today's may still grow,
 * and yesterday's was perhaps not whole when it was seen last. The others have one list, the newest.
 */
export function hasDays(setting: SourceSetting): boolean {
  return setting.source === 'hf-daily'
    ? setting.list === 'day'
    : setting.source === 'arxiv' && setting.via !== 'feed';
}
