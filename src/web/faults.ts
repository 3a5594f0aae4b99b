import type { Context } from 'hono';
import { html } from 'hono/html';
import { wordsFor } from '../words/words.ts';
import { languageOf, show } from './page.ts';

/** What a reader sees when there is no page to show, in their words and without ours. */
export async function faultPage(context: Context, status: number): Promise<Response> {
  const language = languageOf(context);
  const { archive, foreign } = wordsFor(language);
  const faults: Readonly<Record<number, readonly [string, string]>> = {
    403: [foreign.title, foreign.why],
    404: [archive.notFound, archive.notFoundWhy],
    413: [archive.failed, archive.tooLong],
  };
  const [title, why] = faults[status] ?? [archive.failed, archive.failedWhy];
  const page = await show(context, {
    title,
    language,
    main: html`<div class="card">
      <h1>${title}</h1>
      <p>${why}</p>
      <a class="button" href="/archive">${archive.title}</a>
    </div>`,
  });
  return new Response(page.body, { status, headers: page.headers });
}
