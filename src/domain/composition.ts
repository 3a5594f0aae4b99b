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
]);
export type Reason = z.infer<typeof Reason>;

/**
 * The papers chosen for one delivery, in order. Frozen with the delivery when its slice is first
 * taken; with the edition, the addressee and the pinned template it decides every byte of the email.
 */
export const Composition = z.array(z.object({ paperId: z.string(), reason: Reason }));
export type Composition = z.infer<typeof Composition>;

/** What a delivery knows of its subscriber, frozen with the composition. */
export const Addressee = z.object({
  email: z.string(),
  layout: z.enum(['full', 'compact', 'text']),
  language: z.enum(LANGUAGES),
});
export type Addressee = z.infer<typeof Addressee>;
