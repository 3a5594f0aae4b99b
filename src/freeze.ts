import type { App } from './app.ts';
import { addDays } from './domain/calendar.ts';
import { cutOff } from './domain/digest.ts';
import { type Edition, editionId } from './domain/edition.ts';
import { lackingSources } from './domain/lacking.ts';
import { mayHavePrior, pinnedFirst, trendOrder } from './domain/rank/trend.ts';
import { sourceName } from './domain/source-setting.ts';
import { candidatesFor } from './store/candidates.ts';
import type { Db } from './store/database.ts';
import { getDigest } from './store/digests.ts';
import { loadEdition, saveEdition } from './store/editions.ts';
import { weighedModel } from './store/embeddings.ts';
import { lookedBefore, newestRuns } from './store/ingest-runs.ts';
import { newestModel } from './store/rank-models.ts';
import { trendHistory } from './store/trend.ts';
import { withSummaries } from './summaries.ts';

/** Until when a freeze looks: to the cut-off, as the timetable does, or to now, as by hand. */
export type Until = 'cut-off' | 'now';

/**
 * Takes the papers of the digest's window, puts them in trend order as of the cut-off, the pinned ones
 * first, with their summaries, and writes the edition with the template, the frame, the newest model and
 * the weight of embeddings of now.
 * Done again it changes nothing.
 * @returns the edition as it stands, and whether this call froze it.
 */
export async function freezeEdition(
  app: Pick<App, 'config' | 'db' | 'now' | 'template' | 'frame' | 'log'>,
  digestName: string,
  date: string,
  until: Until = 'now',
): Promise<{ edition: Edition; frozenNow: boolean }> {
  const digest = await getDigest(app.db, digestName);
  const cutOffAt = cutOff(digest, date);
  const frozenAt = app.now(); // before the papers are read: what is saved after that is late
  const knownUntil = await knownBy(app.db, cutOffAt, frozenAt, until);
  const known = await candidatesFor(app.db, digest, date, knownUntil);
  const young = known.map(({ paper }) => paper).filter((paper) => mayHavePrior(paper, cutOffAt));
  const history = await trendHistory(app.db, young, date);
  const candidates = pinnedFirst(trendOrder(known, cutOffAt, history));
  const lacking = lackingSources(
    digest.sources.map(sourceName),
    await newestRuns(app.db, new Date(knownUntil.getTime() - DAY_MS), knownUntil),
    addDays(date, -digest.windowDays),
  );
  const edition: Edition = {
    id: editionId(digest.name, date),
    digest: digest.name,
    title: digest.title,
    date,
    cutOffAt: cutOffAt.toISOString(),
    candidates: await withSummaries(app, candidates.slice(0, digest.candidatesMax)),
    ...(lacking.length > 0 ? { lacking } : {}),
  };
  const frozen = {
    edition,
    frame: app.frame(digest),
    template: await app.template(digest.template),
    modelVersion: (await newestModel(app.db))?.version ?? 0,
    embedding:
      app.config.embeddings === undefined
        ? undefined
        : await weighedModel(app.db, app.config.embeddings.model),
  };
  const frozenNow = await saveEdition(app.db, frozen, digest.latestByHours, {
    at: frozenAt,
    knownUntil,
  });
  if (!frozenNow) return { edition: (await loadEdition(app.db, edition.id)).edition, frozenNow };
  app.log.info({ edition: edition.id, candidates: edition.candidates.length, lacking }, 'frozen');
  return { edition, frozenNow };
}

const DAY_MS = 86_400_000;

/**
 * A late freeze leaves what came after the cut-off to the next edition. Not when nobody had looked at any
 * source by then: an installation that starts late, or freezes the past, takes what it has.
 */
async function knownBy(db: Db, cutOffAt: Date, frozenAt: Date, until: Until): Promise<Date> {
  if (until === 'now' || frozenAt <= cutOffAt) return frozenAt;
  return (await lookedBefore(db, cutOffAt)) ? cutOffAt : frozenAt;
}
