import type { Candidate } from '../edition.ts';
import type { Signal } from '../paper.ts';

const DAY_MS = 86_400_000;

/**
 * How much a paper is talked about: the logarithm of its votes (a comment counts half), less one
 * for every day since it was listed. So a paper keeps its place against one of the next day with
 * about 2.7 times fewer votes.
 * @param listedOn ISO day; its age counts from midnight UTC.
 */
export function trendScore(signal: Signal, listedOn: string, asOf: Date): number {
  const ageDays = Math.max(0, asOf.getTime() - Date.parse(`${listedOn}T00:00:00Z`)) / DAY_MS;
  return Math.log(1 + signal.upvotes + signal.comments / 2) - ageDays;
}

/**
 * Best first. Equal scores keep the source's own order (a page without votes is a ranked list);
 * ties end on the id, so that the same papers always make the same edition.
 */
export function trendOrder(candidates: readonly Candidate[], asOf: Date): Candidate[] {
  const scored = candidates.map((candidate) => ({
    candidate,
    score: trendScore(candidate.signal, candidate.paper.listedOn, asOf),
    position: candidate.signal.position || Number.MAX_SAFE_INTEGER,
  }));
  scored.sort(
    (a, b) =>
      b.score - a.score ||
      a.position - b.position ||
      (a.candidate.paper.id < b.candidate.paper.id ? -1 : 1),
  );
  return scored.map(({ candidate }) => candidate);
}

/** The pinned ones first, in the order in which they were pinned; the others as they stand. */
export function pinnedFirst(candidates: readonly Candidate[]): Candidate[] {
  const pinned = candidates
    .filter(({ curated }) => curated?.pinned !== undefined)
    .sort((a, b) => (pinnedAt(a) < pinnedAt(b) ? -1 : pinnedAt(a) > pinnedAt(b) ? 1 : 0));
  return [...pinned, ...candidates.filter(({ curated }) => curated?.pinned === undefined)];
}

function pinnedAt({ curated }: Candidate): string {
  return curated?.pinned?.at ?? '';
}
