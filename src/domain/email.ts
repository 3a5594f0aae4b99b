import { createHash } from 'node:crypto';

/** One finished email. Everything in it was decided before any attempt to hand it over. */
export interface Email {
  /** `<edition>/<subscriber number>`, e.g. `daily/2025-03-14/17`. */
  readonly deliveryId: string;
  /** `Name <address>`. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Absent in the text-only layout. */
  readonly html?: string;
  readonly text: string;
  /** In the order in which they are written; Message-ID and Date among them. */
  readonly headers: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;

/**
 * The Date of an email: when it was due, or as many whole hours later as its slice was taken later.
 * So a second instance on a restored copy of the database writes the same bytes, which the provider
 * recognises.
 */
export function datedAt(dueAt: Date, takenAt: Date): Date {
  const lateHours = Math.floor((takenAt.getTime() - dueAt.getTime()) / HOUR_MS);
  return new Date(dueAt.getTime() + Math.max(0, lateHours) * HOUR_MS);
}

/** What must not change between two attempts to hand over a slice: SHA-256 of every email, in hex. */
export function fingerprint(emails: readonly Email[]): string {
  return createHash('sha256').update(JSON.stringify(emails)).digest('hex');
}
