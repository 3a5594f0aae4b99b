/** One request as it came in, before anybody decided what becomes of it. */
export interface Seen {
  /** Counts every request, from 1. */
  readonly number: number;
  readonly key: string;
  /** Counts the requests under this key, from 1. */
  readonly attempt: number;
  readonly recipients: readonly string[];
  /** When its head was there, ms since the epoch. */
  readonly at: number;
}

/** All that is known of one idempotency key. */
export interface KeyStory {
  readonly hash: string;
  readonly recipients: readonly string[];
  readonly firstAt: number;
  attempts: number;
  /** A request with other bytes came under the same key. */
  changed: boolean;
}

/**
 * What happened at the provider, kept apart from the ledger and small: for every email that was
 * taken its id, recipient and key; for every key its bytes' hash; for every request its time.
 */
export class Account {
  readonly keys = new Map<string, KeyStory>();
  /** Requests in the order of arrival. */
  readonly requests: { readonly at: number; readonly key: string }[] = [];
  /** Taken emails in the order of their first acceptance. */
  readonly takenAt: number[] = [];
  readonly #ids = new Map<string, { readonly recipient: string; readonly key: string }>();
  readonly #byRecipient = new Map<string, string[]>();

  /** Emails that the provider took, each counted once however often its answer is repeated. */
  get accepted(): number {
    return this.#ids.size;
  }

  /** Keys under which something was taken or asked. */
  known(key: string): KeyStory | undefined {
    return this.keys.get(key);
  }

  saw(key: string, hash: string, recipients: () => readonly string[], at: number): Seen {
    this.requests.push({ at, key });
    const number = this.requests.length;
    const story = this.keys.get(key);
    if (story === undefined) {
      const fresh = { hash, recipients: recipients(), firstAt: at, attempts: 1, changed: false };
      this.keys.set(key, fresh);
      return { number, key, attempt: 1, recipients: fresh.recipients, at };
    }
    story.attempts += 1;
    const changed = story.hash !== hash;
    story.changed ||= changed;
    const those = changed ? recipients() : story.recipients;
    return { number, key, attempt: story.attempts, recipients: those, at };
  }

  took(id: string, recipient: string, key: string, at: number): void {
    if (this.#ids.has(id)) return; // the answer to a repeated request
    this.#ids.set(id, { recipient, key });
    this.#byRecipient.set(recipient, [...(this.#byRecipient.get(recipient) ?? []), id]);
    this.takenAt.push(at);
  }

  /** The ids under which a recipient's emails were taken: one, when all is well. */
  idsOf(recipient: string): readonly string[] {
    return this.#byRecipient.get(recipient) ?? [];
  }

  recipients(): IterableIterator<string> {
    return this.#byRecipient.keys();
  }

  recipientOf(id: string): string | undefined {
    return this.#ids.get(id)?.recipient;
  }
}
