import { Hono } from 'hono';
import type { App } from '../app.ts';
import { visibleText } from '../domain/text.ts';
import { frozenDelivery } from '../store/deliveries.ts';
import { readerOf } from './links.ts';
import { badLink } from './page.ts';
import { EMAIL_POLICY } from './security.ts';

/** `/view/TOKEN/DIGEST/DATE`: one's own digest as it was mailed, within a landmark. */
export function viewing(app: Pick<App, 'db' | 'keys' | 'edition'>): Hono {
  const web = new Hono();
  web.get('/:token/:digest/:date', async (context) => {
    const { digest, date } = context.req.param();
    const editionId = visibleText(`${digest}/${date}`);
    const reader = await readerOf(app, context, 'view', editionId);
    if (reader === undefined) return badLink(context);
    const frozen = await frozenDelivery(app.db, editionId, reader.subscriber.id);
    if (frozen === undefined) return badLink(context);
    const live = await app.edition(editionId);
    const { html, text } = live.render(frozen.taken, frozen.datedAt);
    context.header('content-language', frozen.taken.addressee.language);
    if (html === undefined) return context.text(text);
    context.header('content-security-policy', EMAIL_POLICY);
    return context.html(withLandmark(html));
  });
  return web;
}

/** A mail has no main part, a page needs one: for those who move from landmark to landmark. */
function withLandmark(email: string): string {
  return email.replace('role="article"', 'role="main"');
}
