import type { Email } from './domain/email.ts';
import type { Provider } from './providers/provider.ts';

/** A provider that counts what it really handed over, whatever the ledger says of it. */
export interface Watched extends Provider {
  /** Emails that the provider took. */
  taken(): number;
  /** Papers that came to an address in more than one of them. */
  repeats(): number;
}

/**
 * Reads the papers out of every email that a provider took, by their links (or titles, where there
 * is no link), and counts those that an address had before. It knows nothing of the ledger, so it
 * finds what the ledger would miss.
 */
export function watchRepeats(provider: Provider): Watched {
  const hadBy = new Map<string, Set<string>>();
  let taken = 0;
  let repeats = 0;
  return {
    ...provider,
    taken: () => taken,
    repeats: () => repeats,
    async submit(emails, key) {
      const outcome = await provider.submit(emails, key);
      if (outcome.kind !== 'submitted') return outcome;
      for (const email of emails) {
        const had = hadBy.get(email.to) ?? new Set<string>();
        hadBy.set(email.to, had);
        for (const paper of papersIn(email)) {
          if (had.has(paper)) repeats += 1;
          had.add(paper);
        }
        taken += 1;
      }
      return outcome;
    },
  };
}

/** The papers that the text part lists: under `1. Title`, `2. Title`, … their link stands alone. */
export function papersIn({ text }: Pick<Email, 'text'>): string[] {
  const papers: string[] = [];
  for (const block of text.split(/\n{2,}/)) {
    if (!block.startsWith(`${papers.length + 1}. `)) continue;
    const [, link] = /\n(https?:\/\/\S+)(?:\n|$)/.exec(block) ?? [];
    papers.push(link ?? block.slice(block.indexOf(' ') + 1).split('\n')[0] ?? '');
  }
  return papers;
}
