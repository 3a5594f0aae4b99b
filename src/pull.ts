import type { App } from './app.ts';
import { dayOf } from './domain/calendar.ts';
import { paperKeys } from './domain/paper.ts';
import { type SourceSetting, sourceName } from './domain/source-setting.ts';
import { ingest } from './ingest.ts';
import { type Client, openClient } from './sources/http.ts';
import { type Look, type Places, pull } from './sources/index.ts';
import { holdMs } from './sources/retry.ts';
import { type Pulled, SourceError } from './sources/source.ts';
import type { Db } from './store/database.ts';
import type { IngestRun } from './store/ingest-runs.ts';
import { knownRecords } from './store/known-papers.ts';
import { documentSaved, giveHost, holdHost, saveDocuments, takeHost } from './store/politeness.ts';

type Tools = Pick<App, 'db' | 'now' | 'log' | 'config' | 'userAgent'>;

/** What arXiv asks of everybody: one request every three seconds, of all machines together. */
const ARXIV_INTERVAL_MS = 3_000;
/** @see https://info.arxiv.org/help/api/tou.html */
const ARXIV = /(?:^|\.)arxiv\.org$/;
const INTERVAL_MS = 500;

/** One run of a source: asked politely, saved, and only then remembered as seen. */
export async function runSource(
  app: Tools,
  setting: SourceSetting,
  { date, input }: { readonly date?: string | undefined; readonly input?: string } = {},
): Promise<IngestRun> {
  if (setting.source === 'sql') {
    const { ingestSql } = await import('./sql-source.ts');
    return ingestSql(app);
  }
  const client = openSourceClient(app);
  const look: Look = {
    date: date ?? dayOf(app.now(), 'UTC'),
    dated: date !== undefined,
    places: app.config.places,
  };
  const run = await ingest(
    app,
    { source: sourceName(setting), input: input ?? look.date },
    async () => {
      try {
        const pulled = await settled(app.db, await pull(setting, look, client));
        return { ...pulled, requests: client.requests, troubles: client.troubles };
      } catch (error) {
        if (error instanceof SourceError) error.requests = client.requests;
        throw error;
      }
    },
  );
  await saveDocuments(app.db, client.learnt, app.now());
  return run;
}

/** The client of one run, which shares hosts with all the others. */
function openSourceClient({ db, config, userAgent, now }: Tools): Client {
  const { origins, arxiv } = originsOf(config.places);
  return openClient({
    userAgent,
    now,
    origins,
    networks: config.sourceNetworks,
    pace: (url) =>
      ARXIV.test(url.hostname) || arxiv.has(url.origin)
        ? { host: 'arxiv', intervalMs: ARXIV_INTERVAL_MS }
        : { host: url.host, intervalMs: INTERVAL_MS },
    gate: {
      take: (host, leaseMs) => takeHost(db, host, leaseMs),
      give: (host, token, intervalMs) => giveHost(db, host, token, intervalMs),
      refused: (host, token, askedForMs) =>
        holdHost(db, host, token, (refusals) => holdMs(refusals, askedForMs)),
    },
    validators: (url) => documentSaved(db, url),
  });
}

function originsOf({ hf, ...ofArxiv }: Places) {
  const arxiv = new Set(Object.values(ofArxiv).map((url) => new URL(url).origin));
  return { arxiv, origins: new Set([...arxiv, new URL(hf).origin]) };
}

/**
 * What is told again of papers that nobody knows here is left out: it is no news. Papers that the
 * source has no more are known by their id alone, and keep the record that they had.
 */
async function settled(db: Db, pulled: Pulled): Promise<Pulled> {
  const { listings, withdrawn = [] } = pulled;
  const again = listings.flatMap((one) => (one.again === true ? paperKeys(one.record) : []));
  const gone = withdrawn.map((id) => `arxiv:${id}`);
  if (again.length + gone.length === 0) return pulled;
  const known = await knownRecords(db, [...again, ...gone]);
  const kept = listings.filter(
    ({ again, record }) => again !== true || paperKeys(record).some((key) => known.has(key)),
  );
  const takenBack = gone.flatMap((key) => {
    const record = known.get(key);
    const signal = { upvotes: 0, comments: 0, stars: 0, position: 0 };
    return record === undefined ? [] : [{ record: { ...record, withdrawn: true }, signal }];
  });
  const left = listings.length - kept.length + gone.length - takenBack.length;
  const note = left === 0 ? undefined : `${left} replaced or withdrawn, but not known here`;
  const said = [pulled.note, note].filter((words) => words !== undefined).join('; ');
  return { ...pulled, listings: [...kept, ...takenBack], ...(said === '' ? {} : { note: said }) };
}
