import type { Email } from '../domain/email.ts';
import type { Outcome } from '../domain/outcome.ts';

/** Somebody who takes finished emails: Resend, a folder. */
export interface Provider {
  readonly name: string;
  /** Who recognises a repeated key: the provider and whose account it is. No secret is in it. */
  readonly account: string;
  /** Most emails in one request. */
  readonly sliceMax: number;
  /**
   * How long the provider remembers an idempotency key, ms: within it the same bytes under the same
   * key are never sent twice. `Infinity` for a folder.
   */
  readonly keyLifeMs: number;
  /**
   * Hands over one slice under its key. Repeating it with the same emails and key is safe within
   * `keyLifeMs`. Never throws for what the provider or the network did: that is an outcome.
   */
  submit(emails: readonly Email[], key: string): Promise<Outcome>;
  close(): Promise<void>;
}
