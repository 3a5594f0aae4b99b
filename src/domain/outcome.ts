/** What a provider said of a slice, in the only seven ways that matter to the ledger. */
export type Outcome =
  /** It took every email; `providerIds` in the order of the emails. */
  | { readonly kind: 'submitted'; readonly providerIds: readonly string[] }
  /** It took all but some, and never will take those: `providerIds` in the order of the others. */
  | {
      readonly kind: 'partly';
      readonly providerIds: readonly string[];
      readonly refusals: readonly Refusal[];
    }
  /** It took none and never will, as they are. `culprits`: indexes it named, when it named any. */
  | { readonly kind: 'refused'; readonly why: string; readonly culprits: readonly number[] }
  /**
   * It took none: come back after `retryAfterMs`. Uses up no attempt. `scope`: only this slice has to
   * wait, a greylisted or full mailbox for one; absent, everything has to.
   */
  | {
      readonly kind: 'busy';
      readonly why: string;
      readonly retryAfterMs: number;
      readonly scope?: 'slice';
    }
  /** It took none, and takes nothing until a person acts or, for a quota, a window opens. */
  | { readonly kind: 'halted'; readonly why: string; readonly retryAfterMs?: number }
  /**
   * It may have taken them: only the same bytes under the same key are safe. `scope`: it says nothing
   * of the provider, which is at work on an earlier request of this slice.
   */
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly retryAfterMs?: number;
      readonly scope?: 'slice';
    }
  /** It took other bytes under this slice's key earlier: no repeat can get through, none is safe. */
  | { readonly kind: 'conflict'; readonly why: string };

/** One email that the provider does not take, in its own words. */
export interface Refusal {
  /** Place in the slice, from 0. */
  readonly index: number;
  readonly why: string;
}
