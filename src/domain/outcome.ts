/** What a provider said of a slice, in the only five ways that matter to the ledger. */
export type Outcome =
  /** It took every email; `providerIds` in the order of the emails. */
  | { readonly kind: 'submitted'; readonly providerIds: readonly string[] }
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
  /** It may have taken them: only the same bytes under the same key are safe. */
  | { readonly kind: 'unknown'; readonly why: string; readonly retryAfterMs?: number };
