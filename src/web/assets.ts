import { Hono } from 'hono';
import { script } from './style.ts';

/** A folded sheet, in the colour of links. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b3d91"/><path d="M9 7h10l4 4v14H9z" fill="#fff"/><path d="M12 14h8M12 18h8M12 22h5" stroke="#0b3d91" stroke-width="1.6"/></svg>';
const WEEK = 'public, max-age=604800';

/** What pages refer to: an icon, and a script that they do not need. */
export function assets(): Hono {
  const web = new Hono();
  web.get('/icon.svg', (context) => {
    context.header('cache-control', WEEK);
    return context.body(ICON, 200, { 'content-type': 'image/svg+xml' });
  });
  web.get('/favicon.ico', (context) => context.redirect('/icon.svg', 301));
  web.get('/enhance.js', (context) => {
    context.header('cache-control', WEEK);
    return context.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' });
  });
  return web;
}
