import type { Reason } from '../composition.ts';
import type { Candidate } from '../edition.ts';
import type { Share } from '../rank/score.ts';
import type { Prepared } from './prepared.ts';

/** It is high in the edition's trend order. */
export function trendingReason({ edition }: Prepared, index: number): Reason {
  const { signal } = edition.candidates[index] as Candidate;
  return {
    kind: 'trending',
    rank: index + 1,
    of: edition.candidates.length,
    upvotes: signal.upvotes,
  };
}

/**
 * The heaviest part of a score that can be told to its reader. Topics are told together, as the reader
 * typed them.
 * @param parts of one paper, heaviest first.
 */
export function tellingReason(
  parts: readonly Share[],
  titleOf: (paperId: string) => string | undefined,
): Reason | undefined {
  const topics = parts.flatMap((part) =>
    part.share <= 0
      ? []
      : part.kind === 'topic'
        ? part.topics
        : part.kind === 'category'
          ? [part.name]
          : [],
  );
  for (const part of parts) {
    const reason = part.share > 0 ? told(part, [...new Set(topics)], titleOf) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function told(
  part: Share,
  topics: readonly string[],
  titleOf: (paperId: string) => string | undefined,
): Reason | undefined {
  switch (part.kind) {
    case 'topic':
    case 'category':
      return { kind: 'topic', topics: [...topics] };
    case 'words':
      return part.words.length === 0 ? undefined : { kind: 'words', words: [...part.words] };
    case 'close':
    case 'readers':
    case 'embedding': {
      const title = part.likedId === undefined ? undefined : titleOf(part.likedId);
      const kind = part.kind === 'embedding' ? 'close' : part.kind;
      return title === undefined ? undefined : { kind, title };
    }
    case 'author':
    case 'organisation':
      return { kind: part.kind, name: part.name };
  }
}
