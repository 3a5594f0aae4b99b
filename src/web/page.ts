import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { LANGUAGES, type Language, languageNamed, preferredLanguage } from '../domain/language.ts';
import { type Words, wordsFor } from '../words/words.ts';
import { style } from './style.ts';

export type Markup = ReturnType<typeof html> | string;

/** One page: what stands in it, and how it presents itself to browsers and search engines. */
export interface Page {
  readonly title: string;
  readonly main: Markup;
  readonly language: Language;
  readonly status?: 200 | 404 | 410 | 422 | 429;
  /** For search engines; a page without it is for one reader and stays out of caches and indexes. */
  readonly description?: string;
  readonly feeds?: readonly { readonly type: string; readonly url: string }[];
  /** Loads the optional script. */
  readonly scripted?: boolean;
}

/** How long a public page may be kept. Behind a proxy that caches, its ETag does the rest. */
export const PUBLIC_SECONDS = 300;

/** The language of a page that belongs to nobody: chosen by its link, else the browser's. */
export function languageOf(context: Context): Language {
  return (
    languageNamed(context.req.query('lang')) ??
    preferredLanguage(context.req.header('accept-language'))
  );
}

/** Answers with a page. */
export async function show(context: Context, page: Page): Promise<Response> {
  const words = wordsFor(page.language);
  if (page.description !== undefined && (page.status ?? 200) === 200) {
    context.header('cache-control', `public, max-age=${PUBLIC_SECONDS}`);
    context.header('vary', 'accept-language');
  }
  context.header('content-language', page.language);
  return context.html(String(await document(page, words)), page.status ?? 200);
}

/** One page for every link that does not work, whatever is wrong with it. */
export function badLink(context: Context): Promise<Response> {
  const language = languageOf(context);
  const { badLink: words } = wordsFor(language);
  return show(context, {
    title: words.title,
    language,
    status: 404,
    main: html`<div class="card">
      <h1>${words.title}</h1>
      <p>${words.why}</p>
      <a class="button" href="/link">${words.remedy}</a>
    </div>`,
  });
}

/** A line above everything else that says what just happened. */
export function said(text: string, bad = false): Markup {
  return html`<p class="said${bad ? ' bad' : ''}" role="${bad ? 'alert' : 'status'}">${text}</p>`;
}

function document(page: Page, words: Words) {
  const { nav } = words;
  return html`<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === 'Paperboy' ? page.title : `${page.title} · Paperboy`}</title>
${page.description === undefined ? '' : html`<meta name="description" content="${page.description}">`}
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${(page.feeds ?? []).map(({ type, url }) => html`<link rel="alternate" type="${type}" href="${url}">`)}
${styleElement}
${page.scripted === true ? html`<script src="/enhance.js" defer></script>` : ''}
</head>
<body>
<a class="skip" href="#main">${nav.skip}</a>
<header><div class="wide"><a class="wordmark" href="/">Paperboy</a><nav aria-label="Paperboy"><a href="/archive">${nav.archive}</a><a href="/link">${nav.link}</a></nav></div></header>
<main id="main" class="wide">
${page.main}
</main>
<footer><div class="wide"><nav aria-label="${nav.more}"><a href="/feed.atom">Atom</a><a href="/feed.json">JSON Feed</a>${LANGUAGES.filter((one) => one !== page.language).map((one) => html`<a href="/?lang=${one}" lang="${one}" hreflang="${one}">${wordsFor(one).name}</a>`)}</nav></div></footer>
</body>
</html>
`;
}

const styleElement = html`<style>${raw(style)}</style>`;
