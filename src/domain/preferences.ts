import { z } from 'zod';
import { LANGUAGES } from './language.ts';

/** One topic: a word or a phrase that a subscriber typed, e.g. `diffusion models`. */
const Topic = z.string().trim().min(2).max(80);

/** An arXiv category such as `cs.CL` or `math-ph`, or an archive such as `cs`. */
const Category = z
  .string()
  .trim()
  .regex(/^[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]{2,20})?$/, 'expected a category such as cs.CL')
  .max(40);

/** A person or a place that publishes. */
const Name = z.string().trim().min(2).max(80);

/**
 * What a subscriber asked for. Stored as JSON, parsed here; a new preference is one line of this
 * schema and one field on the page.
 */
export const Preferences = z.strictObject({
  digests: z.array(z.string()).min(1).max(20).default(['daily']),
  cadence: z.enum(['daily', 'weekdays', 'weekly']).default('daily'),
  /** Day of a weekly digest, ISO: 1 Monday to 7 Sunday. */
  weekday: z.number().int().min(1).max(7).default(1),
  /** Local hour at which the digest is due, 0 to 23.5: halves are half past. */
  hour: z.number().multipleOf(0.5).min(0).max(23.5).default(7),
  /** IANA time zone, e.g. `Europe/Berlin`. */
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'expected an IANA time zone such as Europe/Berlin' })
    .default('UTC'),
  layout: z.enum(['full', 'compact', 'text']).default('full'),
  /** Most papers in one digest; absent: what the layout holds. */
  papersMax: z.number().int().min(1).max(50).optional(),
  topics: z.array(Topic).max(50).default([]),
  /** Papers with one of these words or phrases are left out. */
  exclude: z.array(Topic).max(50).default([]),
  /** arXiv categories whose papers come first, like topics. */
  categories: z.array(Category).max(50).default([]),
  /** People whose papers come first. */
  authors: z.array(Name).max(50).default([]),
  /** Universities, laboratories and companies whose papers come first. */
  organisations: z.array(Name).max(50).default([]),
  /** From 0, what everybody reads, to 100, what meets their own words. */
  dial: z.number().int().min(0).max(100).default(50),
  /** Whether what they like may help to rank for others: off until they say so. */
  community: z.boolean().default(false),
  /** A short note on days without a new paper, instead of nothing. */
  sendEmpty: z.boolean().default(false),
  language: z.enum(LANGUAGES).default('en'),
  /** No digest before this local day. */
  pausedUntil: z.iso.date().optional(),
});
export type Preferences = z.infer<typeof Preferences>;

/** Whether the name is a time zone that this runtime knows. */
export function isTimeZone(name: string): boolean {
  if (timeZones.has(name)) return true; // the runtime's answer costs as much as a delivery
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    if (timeZones.size < TIME_ZONES_KEPT) timeZones.add(name);
    return true;
  } catch {
    return false;
  }
}

const timeZones = new Set<string>();
const TIME_ZONES_KEPT = 1_000;
