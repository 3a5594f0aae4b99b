import type { ColumnType, Generated } from 'kysely';
import type { Id, Moment } from './columns.ts';

/** The tables of what papers and subscribers are ranked by. */
export interface RankingSchema {
  rank_models: RankModelsTable;
  rank_model_parts: { version: Id; part: number; bytes: Buffer };
  profiles: ProfilesTable;
}

interface RankModelsTable {
  version: Generated<string>;
  fitted_at: Moment;
  print: string;
  papers: number;
  readers: number;
  bytes: ColumnType<string | null, number | null | undefined, number | null>;
}

interface ProfilesTable {
  subscriber_id: Id;
  model_version: Id;
  print: string;
  built_at: Moment;
  packed: Buffer;
}
