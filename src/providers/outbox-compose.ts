import type { Email } from '../domain/email.ts';
import { EmlError, eml } from './eml.ts';
import { fileStem } from './outbox-pages.ts';

export const SLICE_MAX = 100;

/** Segments start with a letter or digit and hold no dot: no path leaves the folder. */
const DELIVERY_ID = /^([A-Za-z0-9][\w-]{0,63}\/[A-Za-z0-9][\w-]{0,63})\/(0|[1-9]\d{0,14})$/;

/** An email with its bytes and its place. */
export interface Delivery {
  readonly email: Email;
  readonly edition: string;
  readonly number: number;
  readonly bytes: Buffer;
}

/** Where a message lies in its folder: `daily/2025-03-14/000017.eml`. */
export function emlPath({ edition, number }: Delivery): string {
  return `${edition}/${fileStem(number)}.eml`;
}

type Composed =
  | { readonly deliveries: readonly Delivery[] }
  | { readonly why: string; readonly culprits: readonly number[] };

/**
 * Every email as a message of its place.
 * @returns why not, and which of them, when one can be no message or the slice is no slice.
 */
export async function composeAll(emails: readonly Email[]): Promise<Composed> {
  if (emails.length > SLICE_MAX)
    return { why: `more than ${SLICE_MAX} emails in a slice`, culprits: [] };
  const seen = new Set<string>();
  const deliveries: Delivery[] = [];
  const problems = new Map<number, string>();
  for (const [at, email] of emails.entries()) {
    const made = seen.has(email.deliveryId) ? 'is in the slice twice' : await compose(email);
    seen.add(email.deliveryId);
    if (typeof made === 'string') problems.set(at, made);
    else deliveries.push(made);
  }
  const [first] = problems;
  if (first === undefined) return { deliveries };
  return { why: `email ${first[0]}: ${first[1]}`, culprits: [...problems.keys()] };
}

async function compose(email: Email): Promise<Delivery | string> {
  const [, edition, number] = DELIVERY_ID.exec(email.deliveryId) ?? [];
  if (edition === undefined) return 'its delivery id is not <digest>/<date>/<number>';
  try {
    return { email, edition, number: Number(number), bytes: await eml(email) };
  } catch (error) {
    if (error instanceof EmlError) return error.message;
    throw error;
  }
}
