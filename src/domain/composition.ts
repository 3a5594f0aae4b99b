import { z } from 'zod';
import { LANGUAGES } from './language.ts';

/** Why a paper is in somebody's digest, as a code that the template turns into words. */
export const Reason = z.discriminatedUnion('kind', [
  /** Words of the subscriber's topics stand in the title or the abstract. */
  z.object({ kind: z.literal('topic'), topics: z.array(z.string()).min(1) }),
  /** It is high in the edition's trend order: `rank` of `of`, with these votes. */
  z.object({
    kind: z.literal('trending'),
    rank: z.number().int(),
    of: z.number().int(),
    upvotes: z.number().int(),
  }),
  /** An editor put it first, for everybody. */
  z.object({ kind: z.literal('pinned'), by: z.string() }),
  /** Somebody whom they follow wrote it. */
  z.object({ kind: z.literal('author'), name: z.string() }),
  /** It comes from a place that they follow. */
  z.object({ kind: z.literal('organisation'), name: z.string() }),
  /** Words that it shares with the papers that they liked, as readers write them. */
  z.object({ kind: z.literal('words'), words: z.array(z.string()).min(1) }),
  /** It is close to a paper that they liked. */
  z.object({ kind: z.literal('close'), title: z.string() }),
  /** Those who liked this paper, which they liked as well or which is close, like what is close to it. */
  z.object({ kind: z.literal('readers'), title: z.string() }),
  /** One from outside of what they read, so that a profile does not close in on itself. */
  z.object({ kind: z.literal('explore') }),
]);
export type Reason = z.infer<typeof Reason>;

/** Under which heading of a digest a paper stands; the order is that of the email. */
export const SECTIONS = ['pinned', 'followed', 'yours', 'trending', 'explore'] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * The papers chosen for one delivery, in order. Frozen with the delivery when its slice is first
 * taken; with the edition, the addressee and the pinned template it decides every byte of the email.
 */
export const Composition = z.array(
  z.object({
    paperId: z.string(),
    /** The one that weighs most. */
    reason: Reason,
    /** Absent in what was frozen before there were sections: one list without headings. */
    section: z.enum(SECTIONS).optional(),
    /** Candidates that say nearly the same, folded into this one: ids, at most three. */
    also: z.array(z.string()).max(3).optional(),
  }),
);
export type Composition = z.infer<typeof Composition>;

/** What a weekly digest says of its week, beside the papers that it brings. */
export const Week = z.object({
  /** Papers that were news in it. */
  listed: z.number().int(),
  /** What most of them are about, with how many are. */
  about: z.array(z.object({ name: z.string(), papers: z.number().int() })).max(3),
  /** The first in trend order; absent: nothing was listed. */
  best: z.string().optional(),
  /** High in trend order and not among theirs: only title and link, ids in that order. */
  missed: z.array(z.string()).max(5),
});
export type Week = z.infer<typeof Week>;

/** What a delivery knows of its subscriber, frozen with the composition. */
export const Addressee = z.object({
  email: z.string(),
  layout: z.enum(['full', 'compact', 'text']),
  language: z.enum(LANGUAGES),
  /** Of who reads once a week; absent: not so, or frozen before weekly editions were different. */
  week: Week.optional(),
});
export type Addressee = z.infer<typeof Addressee>;
