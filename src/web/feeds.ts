import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { html } from 'hono/html';
import type { App } from '../app.ts';
import { visibleText } from '../domain/text.ts';
import { oneLine } from '../render/plain.ts';
import { editionPart, listEditions } from '../store/archive.ts';
import { papersOnTopic } from '../store/search.ts';
import { en } from '../words/en.ts';
import { PUBLIC_SECONDS } from './page.ts';
import { paperPath, titleOf } from './papers.ts';

/** One thing in a feed: an edition, or a paper. */
interface Item {
  readonly url: string;
  readonly title: string;
  /** ISO instant. */
  readonly at: string;
  readonly text: string;
}

interface Feed {
  readonly title: string;
  readonly home: string;
  readonly self: string;
  readonly items: readonly Item[];
}

const EDITIONS = 20;
const TITLES = 10;
const PAPERS = 30;
const SITEMAP_MAX = 5_000;

/** Feeds of editions and of topics, the sitemap and what robots are asked. */
export function feeds(app: Pick<App, 'db' | 'config'>): Hono {
  const web = new Hono();
  const { baseUrl } = app.config;
  for (const path of ['/feed.*', '/feed.atom', '/feed.json', '/topics/*', '/sitemap.xml'])
    web.use(path, etag());

  const editions = async (file: string): Promise<Feed> => {
    const lines = await listEditions(app.db, { limit: EDITIONS });
    const items = await Promise.all(
      lines.map(async ({ id, title, date, frozenAt }) => {
        const part = await editionPart(app.db, id, 0, TITLES);
        const titles = (part?.candidates ?? []).map(
          ({ paper }, at) => `${at + 1}. ${titleOf(paper)}`,
        );
        return {
          url: `${baseUrl}/archive/${id}`,
          title: `${oneLine(title)}, ${en.longDay(date)}`,
          at: frozenAt.toISOString(),
          text: titles.join('\n'),
        };
      }),
    );
    return { title: 'Paperboy', home: `${baseUrl}/archive`, self: `${baseUrl}/${file}`, items };
  };
  const ofTopic = async (context: Context, file: string): Promise<Feed> => {
    const topic = visibleText(context.req.param('topic') ?? '').slice(0, 200);
    const papers = await papersOnTopic(app.db, topic, PAPERS);
    const home = `${baseUrl}/topics/${encodeURIComponent(topic)}`;
    const items = papers.map((paper) => ({
      url: `${baseUrl}${paperPath(paper.id)}`,
      title: titleOf(paper),
      at: `${paper.listedOn}T00:00:00.000Z`,
      text: oneLine(paper.abstract),
    }));
    return { title: `Paperboy: ${en.archive.topic(topic)}`, home, self: `${home}/${file}`, items };
  };

  web.get('/feed.atom', async (context) => atom(context, await editions('feed.atom')));
  web.get('/feed.json', async (context) => json(context, await editions('feed.json')));
  web.get('/topics/:topic/feed.atom', async (context) =>
    atom(context, await ofTopic(context, 'feed.atom')),
  );
  web.get('/topics/:topic/feed.json', async (context) =>
    json(context, await ofTopic(context, 'feed.json')),
  );

  web.get('/sitemap.xml', async (context) => {
    const lines = await listEditions(app.db, { limit: SITEMAP_MAX });
    const urls = ['/', '/archive', ...lines.map(({ id }) => `/archive/${id}`)];
    return kept(
      context,
      'application/xml; charset=utf-8',
      String(
        await html`<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.map((path) => html`<url><loc>${baseUrl}${path}</loc></url>\n`)}</urlset>
`,
      ),
    );
  });

  web.get('/robots.txt', (context) => {
    const closed = [
      'view',
      'preferences',
      'unsubscribe',
      'opt-out',
      'confirm',
      'address',
      'feedback',
      'saved',
    ];
    const lines = [
      'User-agent: *',
      ...closed.map((path) => `Disallow: /${path}/`),
      'Disallow: /search',
    ];
    return kept(
      context,
      'text/plain; charset=utf-8',
      `${lines.join('\n')}\n\nSitemap: ${baseUrl}/sitemap.xml\n`,
    );
  });
  return web;
}

function kept(context: Context, type: string, body: string): Response {
  context.header('cache-control', `public, max-age=${PUBLIC_SECONDS}`);
  return context.body(body, 200, { 'content-type': type });
}

/** @see https://www.rfc-editor.org/rfc/rfc4287 */
async function atom(context: Context, feed: Feed): Promise<Response> {
  const newest = feed.items[0]?.at ?? '1970-01-01T00:00:00.000Z';
  const body = await html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${feed.home}</id>
<title>${feed.title}</title>
<updated>${newest}</updated>
<author><name>Paperboy</name></author>
<link rel="self" href="${feed.self}"/>
<link rel="alternate" href="${feed.home}"/>
${feed.items.map(
  ({ url, title, at, text }) => html`<entry>
<id>${url}</id>
<title>${title}</title>
<updated>${at}</updated>
<link rel="alternate" href="${url}"/>
<content type="text">${text}</content>
</entry>
`,
)}</feed>
`;
  return kept(context, 'application/atom+xml; charset=utf-8', String(body));
}

/** @see https://www.jsonfeed.org/version/1.1/ */
function json(context: Context, feed: Feed): Response {
  const body = JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.home,
    feed_url: feed.self,
    items: feed.items.map(({ url, title, at, text }) => ({
      id: url,
      url,
      title,
      content_text: text,
      date_published: at,
    })),
  });
  return kept(context, 'application/feed+json; charset=utf-8', body);
}
