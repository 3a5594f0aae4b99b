/** What a provider's event means for a delivery. A fact that was once true stays true. */
export type Meaning =
  | { readonly kind: 'delivered'; readonly providerId: string }
  /** The address does not exist or refuses for good: suppress it. */
  | { readonly kind: 'bounced'; readonly providerId: string; readonly detail: string }
  /** The recipient's server did not take it, and the provider gave up; another email may arrive. */
  | { readonly kind: 'soft-bounced'; readonly providerId: string; readonly detail: string }
  /** The provider took it and did not hand it on: nobody got it, and the address is no worse. */
  | { readonly kind: 'refused'; readonly providerId: string; readonly detail: string }
  /** The recipient reported it as spam: suppress at once. */
  | { readonly kind: 'complained'; readonly providerId: string; readonly detail: string }
  /** Nothing that the ledger keeps. */
  | { readonly kind: 'other' };
