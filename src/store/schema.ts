import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Addressee, Composition } from '../domain/composition.ts';
import type { Candidate, Lacking } from '../domain/edition.ts';
import type { Frame } from '../domain/frame.ts';
import type { Id, Json, MaybeMoment, Moment } from './columns.ts';
import type { PapersSchema } from './schema-papers.ts';
import type {
  AddressChangesTable,
  ConsentsTable,
  FeedbackTable,
  LibraryTable,
  NoticesTable,
  SignupsTable,
} from './schema-people.ts';
import type { RankingSchema } from './schema-ranking.ts';

/** The tables as TypeScript sees them; `migrations/` is what PostgreSQL sees. */
export interface Schema extends PapersSchema, RankingSchema {
  installation: { id: string };
  digests: { name: string; settings: Json<unknown> };
  subscribers: SubscribersTable;
  suppressions: SuppressionsTable;
  templates: { version: string; name: string; sources: Json<Record<string, string>> };
  editions: EditionsTable;
  sends: SendsTable;
  slices: SlicesTable;
  deliveries: DeliveriesTable;
  delivered_papers: { subscriber_id: Id; paper_id: string; edition_id: string };
  job_slots: JobSlotsTable;
  dead_letters: DeadLettersTable;
  provider_events: ProviderEventsTable;
  brakes: BrakesTable;
  rates: { name: string; next_at: Moment };
  mail_days: { day: string; mails: number };
  signups: SignupsTable;
  address_changes: AddressChangesTable;
  notices: NoticesTable;
  consents: ConsentsTable;
  feedback: FeedbackTable;
  library: LibraryTable;
  web_hits: { name: string; since: Moment; hits: number };
}

export type SubscriberState = 'pending' | 'active' | 'unsubscribed';

interface SubscribersTable {
  id: Generated<string>;
  email: string;
  email_key: string;
  state: SubscriberState;
  preferences: Json<unknown>;
  /** Zone, hour, cadence and day in one word, kept by PostgreSQL: who shares it is due together. */
  schedule: Generated<string>;
  active_since: MaybeMoment;
  created_at: Moment;
  left_at: MaybeMoment;
  left_why: string | null;
  erased_at: MaybeMoment;
}

export type SuppressionReason = 'bounced' | 'complained' | 'unsubscribed' | 'erased' | 'operator';

interface SuppressionsTable {
  email_key: string;
  reason: SuppressionReason;
  detail: string | null;
  at: Moment;
}

interface EditionsTable {
  id: string;
  digest: string;
  date: string;
  title: string;
  cut_off_at: Moment;
  frozen_at: Moment;
  latest_by_hours: number;
  frame: JSONColumnType<Frame>;
  template_version: string;
  candidates: JSONColumnType<Candidate[]>;
  planned: Generated<number>;
  cancelled_at: MaybeMoment;
  known_until: MaybeMoment;
  number: number | null;
  lacking: Json<Lacking[]>;
  /** The model that ranks it; 0: none was fitted by then. */
  model_version: Id;
  /** What is added to it by vectors; null: nothing. */
  embedding_model: string | null;
  embedding_weight: number | null;
}

interface SendsTable {
  id: Generated<string>;
  edition_id: string;
  at: Moment;
  /** Keys of addresses. */
  only_emails: Json<string[]> | null;
  asked_at: Moment;
  dispatched_at: MaybeMoment;
}

/**
 * open: may be taken; submitting: leased; settled: every delivery is decided; split: replaced by two
 * smaller slices; held: its outcome is unknown and its key has expired; dead: an error of ours.
 */
export type SliceState = 'open' | 'submitting' | 'settled' | 'split' | 'held' | 'dead';

interface SlicesTable {
  id: string;
  edition_id: string;
  due_at: Moment;
  /** Among the slices that are due together, from 0; null for a part of a split slice. */
  place: number | null;
  state: Generated<SliceState>;
  attempts: Generated<number>;
  created_at: Moment;
  taken_at: MaybeMoment;
  first_attempt_at: MaybeMoment;
  /** Pinned at the first attempt; null of one before keys were pinned. */
  key: ColumnType<string | null, never, string>;
  /** What the provider's halts meant for it; null: it met none. */
  halt: ColumnType<'waits' | 'released' | 'alone' | null, never, null>;
  in_doubt_since: MaybeMoment;
  in_doubt_with: ColumnType<string | null, string | null | undefined, string | null>;
  counted: Generated<boolean>;
  turn_at: MaybeMoment;
  next_try_at: MaybeMoment;
  lease_token: string | null;
  lease_until: MaybeMoment;
  fingerprint: string | null;
  why: string | null;
}

export type DeliveryState = 'open' | 'submitted' | 'refused' | 'suppressed' | 'skipped' | 'unknown';

interface DeliveriesTable {
  edition_id: string;
  subscriber_id: Id;
  slice_id: string;
  state: Generated<DeliveryState>;
  due_at: Moment;
  /** Days back whose news this delivery may bring, counted from the edition's date. */
  lookback_days: number;
  addressee: Json<Addressee> | null;
  composition: Json<Composition> | null;
  why: string | null;
  provider_id: string | null;
  decided_at: MaybeMoment;
  delivered_at: MaybeMoment;
  bounced_at: MaybeMoment;
  complained_at: MaybeMoment;
  soft_bounced_at: MaybeMoment;
}

interface JobSlotsTable {
  timetable: string;
  slot: Moment;
  job: string;
  payload: Json<unknown>;
  state: 'claimed' | 'asked' | 'skipped';
  why: string | null;
  claimed_at: Moment;
}

interface DeadLettersTable {
  id: Generated<string>;
  job: string;
  payload: Json<unknown>;
  why: string;
  attempts: number;
  died_at: Moment;
  redriven_at: MaybeMoment;
}

interface ProviderEventsTable {
  id: string;
  provider: string;
  type: string;
  payload: Json<unknown>;
  received_at: Moment;
  settled_at: MaybeMoment;
  result: string | null;
}

/**
 * paused: by an operator; busy: the provider asked for a pause; halted: it takes nothing until a
 * person acts or a quota's window opens; failing: errors in a row, of it or of the network.
 */
export type BrakeKind = 'paused' | 'busy' | 'halted' | 'failing';

interface BrakesTable {
  name: string;
  kind: BrakeKind;
  why: string;
  since: Moment;
  until: MaybeMoment;
  failures: Generated<number>;
  probing_until: MaybeMoment;
}
