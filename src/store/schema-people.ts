import type { Generated } from 'kysely';
import type { Email } from '../domain/email.ts';
import type { FeedbackKind } from '../domain/links.ts';
import type { NoticeKind, Told } from '../domain/notice.ts';
import type { Id, Json, MaybeMoment, Moment } from './columns.ts';
import type { DeliveryState } from './schema.ts';

/** The tables of what subscribers do themselves. */
export interface SignupsTable {
  id: Generated<string>;
  email: string;
  email_key: string;
  limit_key: string;
  preferences: Json<unknown>;
  asked_at: Moment;
  page: string;
  network: string;
  words: string;
  confirmed_at: MaybeMoment;
}

export interface AddressChangesTable {
  id: Generated<string>;
  subscriber_id: Id;
  email: string;
  asked_at: Moment;
  confirmed_at: MaybeMoment;
}

export interface NoticesTable {
  id: Generated<string>;
  kind: NoticeKind;
  email: string;
  email_key: string;
  limit_key: string;
  about_id: Id;
  language: string;
  asked_at: Moment;
  state: Generated<DeliveryState>;
  frozen: Json<Email> | null;
  attempts: Generated<number>;
  in_doubt_since: MaybeMoment;
  next_try_at: MaybeMoment;
  lease_token: string | null;
  lease_until: MaybeMoment;
  why: string | null;
  provider_id: string | null;
  decided_at: MaybeMoment;
  cause: string | null;
  told: Json<Told> | null;
}

export type ConsentKind = 'asked' | 'confirmed' | 'left' | 'came back' | 'moved' | 'erased';

export interface ConsentsTable {
  id: Generated<string>;
  subscriber_id: Id;
  at: Moment;
  what: ConsentKind;
  page: string;
  network: string;
  words: string;
}

export interface FeedbackTable {
  subscriber_id: Id;
  paper_id: string;
  kind: FeedbackKind;
  at: Moment;
}

export interface LibraryTable {
  id: Generated<string>;
  subscriber_id: Id;
  key: string;
  paper_id: string | null;
  title: string | null;
  abstract: string | null;
  source: 'import';
  at: Moment;
}
