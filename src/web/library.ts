import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { type ImportedLibrary, importLibrary } from '../import-library.ts';
import { LibraryFileError } from '../library/entry.ts';
import { withinLimit } from '../limits.ts';
import { clearLibrary, libraryCounts } from '../store/library.ts';
import type { Words } from '../words/words.ts';
import { fileField } from './fields.ts';
import { limitedPage } from './home.ts';
import { type Reader, readerOf } from './links.ts';
import { badLink, type Markup, said, show } from './page.ts';
import { formLimit, sameSite } from './security.ts';

/** Of an upload: reading it holds the process up for about a second. */
const UPLOAD_BYTES_MAX = 5_000_000;
/** What a browser puts around the file. */
const ENVELOPE_BYTES_MAX = 10_000;
const UPLOADS_PER_HOUR = 10;
const HOUR_MS = 3_600_000;
const REFUSED_SHOWN = 20;

/** `/preferences/TOKEN/library`: the papers that somebody brings along. A GET changes nothing. */
export function library(app: Pick<App, 'db' | 'keys' | 'config' | 'now' | 'queue'>): Hono {
  const web = new Hono();
  const uploadLimit = bodyLimit({ maxSize: UPLOAD_BYTES_MAX + ENVELOPE_BYTES_MAX });

  web.get('/:token/library', async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    return reader === undefined ? badLink(context) : libraryPage(context, app, reader, {});
  });

  web.post('/:token/library', uploadLimit, sameSite(app), async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    if (reader === undefined) return badLink(context);
    const { subscriber, words, language } = reader;
    const uploads = `libraries of ${subscriber.id}`;
    if (!(await withinLimit(app, uploads, UPLOADS_PER_HOUR, HOUR_MS))) {
      return limitedPage(context, language);
    }
    const { file } = await context.req.parseBody().catch(() => ({ file: undefined }));
    const { faults } = words.library;
    if (!(file instanceof File) || file.name === '') {
      return libraryPage(context, app, reader, { fault: faults.choose });
    }
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const imported = await importLibrary(
        app.db,
        subscriber.id,
        bytes,
        app.now(),
        UPLOAD_BYTES_MAX,
      );
      return libraryPage(context, app, reader, { imported });
    } catch (error) {
      if (!(error instanceof LibraryFileError)) throw error;
      return libraryPage(context, app, reader, { fault: faults[error.why] });
    }
  });

  web.post('/:token/library/clear', formLimit, sameSite(app), async (context) => {
    const reader = await readerOf(app, context, 'preferences');
    if (reader === undefined) return badLink(context);
    await clearLibrary(app.db, reader.subscriber.id);
    return libraryPage(context, app, reader, { cleared: true });
  });
  return web;
}

/** The part of the preferences that asks for a library. */
export async function librarySection(
  app: Pick<App, 'db'>,
  { subscriber, token, words }: Reader,
  fault?: string,
): Promise<Markup> {
  const { library: own } = words;
  const counts = await libraryCounts(app.db, subscriber.id);
  const held = counts.matched + counts.text > 0;
  return html`<section class="card">
      <h2>${own.title}</h2>
      <p>${own.why}</p>
      <p>${held ? own.has(counts.matched, counts.text) : own.none}</p>
      <form method="post" action="/preferences/${token}/library" enctype="multipart/form-data">
        ${fileField({ name: 'file', label: own.file, hint: own.fileHint, fault })}
        <button class="plain">${own.button}</button>
      </form>
      ${held ? html`<form method="post" action="/preferences/${token}/library/clear"><button class="plain">${own.clear}</button></form>` : ''}
    </section>`;
}

interface Shown {
  readonly imported?: ImportedLibrary;
  readonly fault?: string;
  readonly cleared?: boolean;
}

async function libraryPage(
  context: Context,
  app: Pick<App, 'db'>,
  reader: Reader,
  { imported, fault, cleared }: Shown,
): Promise<Response> {
  const { token, language, words } = reader;
  const { library: own } = words;
  return show(context, {
    title: own.title,
    language,
    status: fault === undefined ? 200 : 422,
    main: html`${cleared === true ? said(own.cleared) : ''}
    ${imported === undefined ? '' : outcome(imported, words)}
    ${await librarySection(app, reader, fault)}
    <p><a href="/preferences/${token}">${words.preferences.title}</a></p>`,
  });
}

/** What became of a file: how many were matched, kept as text and refused, and why. */
function outcome(imported: ImportedLibrary, { library: own }: Words): Markup {
  const { refused, format } = imported;
  const lines = refused
    .slice(0, REFUSED_SHOWN)
    .map(({ at, why }) => html`<li>${own.places[format]} ${at}: ${own.refusals[why]}</li>`);
  const more = refused.length - lines.length;
  const [read = '', ...counts] = own.counts(imported);
  return html`${said(read, imported.read === refused.length)}
    <section class="card">
      <h1>${own.outcome}</h1>
      <ul>${counts.map((line) => html`<li>${line}</li>`)}</ul>
      ${
        refused.length === 0
          ? ''
          : html`<h2>${own.refusedTitle}</h2>
      <ul>${lines}${more > 0 ? html`<li>${own.more(more)}</li>` : ''}</ul>`
      }
    </section>`;
}
