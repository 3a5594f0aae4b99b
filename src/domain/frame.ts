import { z } from 'zod';

/**
 * What surrounds the papers and comes from the operator's configuration. An edition pins it when it
 * is frozen, so that a changed configuration never changes the bytes of a second attempt.
 */
export const Frame = z.object({
  /** `Name <address>`. */
  from: z.string(),
  /** Public address of this installation, without a slash at the end. */
  baseUrl: z.string(),
  /** RFC 2919 list id of the digest: `daily.papers.example.org`. */
  listId: z.string(),
  /** Postal address in the footer (CAN-SPAM); may be empty for the outbox. */
  postalAddress: z.string(),
  /** Name of the signing key for this edition's links. */
  keyId: z.string(),
  /** The theme's name. Absent in what was frozen before there were themes. */
  brand: z.string().optional(),
});
export type Frame = z.infer<typeof Frame>;
