/** What a provider's event means for a delivery. A fact that was once true stays true. */
export type Meaning =
  | { readonly kind: 'delivered'; readonly providerId: string }
  /** The address does not exist or refuses for good: suppress it. */
  | { readonly kind: 'bounced'; readonly providerId: string; readonly detail: string }
  /** The recipient reported it as spam: suppress at once. */
  | { readonly kind: 'complained'; readonly providerId: string; readonly detail: string }
  /** Nothing that the ledger keeps. */
  | { readonly kind: 'other' };
