import { balances } from '../../src/store/balance.ts';
import { openDatabase } from '../../src/store/database.ts';
import { EDITION } from './bench.ts';
import type { Stage } from './stage.ts';

/** The provider's account against the ledger, in people. */
export interface Audit {
  readonly recipients: number;
  readonly planned: number;
  /** Emails that the provider took, whoever they went to. */
  readonly accepted: number;
  /** Planned, and neither told to be left out nor ever taken by the provider. */
  readonly lost: number;
  /** Taken by the provider more than once. */
  readonly repeated: number;
  /** Neither sent nor decided when the row ended. */
  readonly open: number;
  readonly unknown: number;
  readonly refused: number;
  readonly suppressed: number;
  readonly skipped: number;
  /** The ledger has another id than the one under which the provider took this person's email. */
  readonly mismatched: number;
  /** Taken by the provider although the ledger says that they get nothing. */
  readonly strays: number;
  readonly faults: readonly string[];
}

interface Row {
  readonly email: string;
  readonly state: 'open' | 'submitted' | 'unknown' | 'refused' | 'suppressed' | 'skipped';
  readonly provider_id: string | null;
}

/** Counts one stage's edition. The provider's side is what it answered, not what the ledger says. */
export async function audit({ databaseUrl, provider, recipients, sql }: Stage): Promise<Audit> {
  const { account } = provider;
  const rows = await sql<Row>(
    `select coalesce(d.addressee->>'email', s.email) as email, d.state, d.provider_id
       from deliveries d join subscribers s on s.id = d.subscriber_id where d.edition_id = $1`,
    [EDITION],
  );
  const taken = ({ email }: Row) => account.idsOf(email);
  const counts = { open: 0, submitted: 0, unknown: 0, refused: 0, suppressed: 0, skipped: 0 };
  for (const { state } of rows) counts[state] += 1;
  const leftOut = new Set(
    rows
      .filter(({ state }) => ['refused', 'suppressed', 'skipped'].includes(state))
      .map(({ email }) => email),
  );
  const planned = new Set(rows.map(({ email }) => email));
  const people = [...account.recipients()];
  const database = await openDatabase({ url: databaseUrl });
  const [balance] = await balances(database.db, { editionId: EDITION }).finally(database.close);
  return {
    recipients,
    planned: balance?.planned ?? 0,
    accepted: account.accepted,
    lost: rows.filter((row) => !leftOut.has(row.email) && taken(row).length === 0).length,
    repeated: people.filter((email) => account.idsOf(email).length > 1).length,
    open: counts.open,
    unknown: counts.unknown,
    refused: counts.refused,
    suppressed: counts.suppressed,
    skipped: counts.skipped,
    mismatched: rows.filter(
      (row) => row.state === 'submitted' && !taken(row).includes(row.provider_id ?? ''),
    ).length,
    strays: people.filter((email) => leftOut.has(email) || !planned.has(email)).length,
    faults: balance?.faults ?? ['the edition is gone'],
  };
}

/** Several stages of one row, added up. */
export function sum(audits: readonly Audit[]): Audit {
  const total = (name: Exclude<keyof Audit, 'faults'>) =>
    audits.reduce((all, one) => all + one[name], 0);
  return {
    recipients: total('recipients'),
    planned: total('planned'),
    accepted: total('accepted'),
    lost: total('lost'),
    repeated: total('repeated'),
    open: total('open'),
    unknown: total('unknown'),
    refused: total('refused'),
    suppressed: total('suppressed'),
    skipped: total('skipped'),
    mismatched: total('mismatched'),
    strays: total('strays'),
    faults: audits.flatMap(({ faults }) => faults),
  };
}
