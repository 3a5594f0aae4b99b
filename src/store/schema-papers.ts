import type { Generated, JSONColumnType } from 'kysely';
import type { CurationAction } from '../domain/curation.ts';
import type { PaperRecord } from '../domain/paper.ts';
import type { Json, MaybeMoment, Moment } from './columns.ts';

/** The tables of papers, and of the sources that they come from. */
export interface PapersSchema {
  papers: PapersTable;
  paper_keys: { key: string; paper_id: string };
  signals: SignalsTable;
  ingest_runs: IngestRunsTable;
  curations: CurationsTable;
  source_marks: SourceMarksTable;
  hosts: HostsTable;
  documents: DocumentsTable;
  embedding_models: EmbeddingModelsTable;
  trend_days: { day: string; seen: number; papers: number; usual_micro: number };
  trend_marks: { key: string; day: string; papers: number; sum_micro: number };
  summaries: SummariesTable;
  summary_days: { day: string; requests: number };
}

interface PapersTable {
  id: string;
  record: JSONColumnType<PaperRecord>;
  source: string;
  listed_on: string;
  first_seen_at: Moment;
  updated_at: Moment;
  joined_into: string | null;
}

interface SignalsTable {
  paper_id: string;
  source: string;
  at: Moment;
  upvotes: number;
  comments: number;
  stars: number;
  position: number;
}

interface IngestRunsTable {
  id: Generated<string>;
  source: string;
  input: string;
  started_at: Moment;
  finished_at: Moment;
  seen: number;
  new: number;
  updated: number;
  unchanged: number;
  merged: number;
  rejected: number;
  rejections: Json<unknown>;
  note: string | null;
  requests: Generated<number>;
  seconds: Generated<number>;
  failed: Generated<boolean>;
  list_print: string | null;
}

interface CurationsTable {
  id: Generated<string>;
  paper_id: string;
  action: CurationAction;
  note: string | null;
  by_name: string;
  at: Moment;
}

interface SourceMarksTable {
  source: string;
  mark: string;
  last_id: string;
  caught_up: boolean;
  at: Moment;
}

interface SummariesTable {
  paper_id: string;
  model: string;
  print: string;
  text: string | null;
  why: string | null;
  tries: number;
  at: Moment;
}

interface HostsTable {
  name: string;
  next_at: Moment;
  lease_token: string | null;
  lease_until: MaybeMoment;
  refusals: Generated<number>;
}

interface DocumentsTable {
  url: string;
  etag: string | null;
  last_modified: string | null;
  saved_at: Moment;
}

interface EmbeddingModelsTable {
  model: string;
  dimensions: number | null;
  weight: Generated<number>;
  measured: Json<unknown> | null;
  day: string;
  sent: Generated<number>;
  failures: Generated<number>;
  closed_until: MaybeMoment;
  why: string | null;
}
