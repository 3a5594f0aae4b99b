import { html } from 'hono/html';
import type { App } from '../app.ts';
import { wouldTake } from '../preview.ts';
import { listEditions } from '../store/archive.ts';
import type { Reader } from './links.ts';
import type { Markup } from './page.ts';
import { paperList } from './papers.ts';

const SHOWN_MAX = 5;

/** What the next digest would look like, made of the latest edition that the reader's digests have. */
export async function previewSection(app: App, reader: Reader): Promise<Markup> {
  const { subscriber, words } = reader;
  const { preferences: own } = words;
  const { digests } = subscriber.preferences;
  const [newest] = await listEditions(app.db, { digests, limit: 1 });
  if (newest === undefined) return '';
  const { composition } = await wouldTake(app, newest.id, subscriber, { anew: true });
  const { prepared } = await app.edition(newest.id);
  const byId = new Map(prepared.edition.candidates.map(({ paper }) => [paper.id, paper]));
  const entries = composition.slice(0, SHOWN_MAX).flatMap(({ paperId, reason }, at) => {
    const paper = byId.get(paperId);
    return paper === undefined ? [] : [{ paper, reason, place: at + 1, brief: true }];
  });
  const more = composition.length - entries.length;
  return html`<section class="card" aria-labelledby="preview">
      <h2 id="preview">${own.preview}</h2>
      <p class="over">${own.previewOf(words.longDay(newest.date))}</p>
      ${entries.length === 0 ? html`<p>${own.previewNone}</p>` : paperList(entries, words)}
      ${more > 0 ? html`<p class="quiet">${own.others(more)}</p>` : ''}
    </section>`;
}
