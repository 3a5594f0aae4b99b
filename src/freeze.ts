import type { App } from './app.ts';
import { cutOff } from './domain/digest.ts';
import { type Edition, editionId } from './domain/edition.ts';
import { trendOrder } from './domain/rank/trend.ts';
import { getDigest } from './store/digests.ts';
import { candidatesFor, loadEdition, saveEdition } from './store/editions.ts';

/**
 * Takes the papers of the digest's window, puts them in trend order as of the cut-off, and writes
 * the edition with the template and the frame of now. Done again it changes nothing.
 * @returns the edition as it stands, and whether this call froze it.
 */
export async function freezeEdition(
  app: Pick<App, 'db' | 'now' | 'template' | 'frame' | 'log'>,
  digestName: string,
  date: string,
): Promise<{ edition: Edition; frozenNow: boolean }> {
  const digest = await getDigest(app.db, digestName);
  const cutOffAt = cutOff(digest, date);
  const frozenAt = app.now(); // before the papers are read: what is saved after that is late
  const candidates = trendOrder(await candidatesFor(app.db, digest, date), cutOffAt);
  const edition: Edition = {
    id: editionId(digest.name, date),
    digest: digest.name,
    title: digest.title,
    date,
    cutOffAt: cutOffAt.toISOString(),
    candidates: candidates.slice(0, digest.candidatesMax),
  };
  const frozen = {
    edition,
    frame: app.frame(digest),
    template: await app.template(digest.template),
  };
  const frozenNow = await saveEdition(app.db, frozen, digest.latestByHours, frozenAt);
  if (!frozenNow) return { edition: (await loadEdition(app.db, edition.id)).edition, frozenNow };
  app.log.info({ edition: edition.id, candidates: edition.candidates.length }, 'frozen');
  return { edition, frozenNow };
}
