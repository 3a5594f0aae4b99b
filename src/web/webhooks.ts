import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { App } from '../app.ts';
import { BadWebhookError, verifyResendWebhook } from '../providers/resend-webhook.ts';
import { keepEvent } from '../store/provider-events.ts';

const ignore = () => {};
const BODY_BYTES_MAX = 256 * 1024;

/**
 * `POST /webhooks/resend`: verifies, keeps the event, then answers; what it means is written to the
 * ledger by the settle job. The same message again is answered and changes nothing.
 * @see https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests
 */
export function webhooks(app: Pick<App, 'config' | 'db' | 'queue' | 'now' | 'log'>): Hono {
  const web = new Hono();
  web.post('/resend', bodyLimit({ maxSize: BODY_BYTES_MAX }), async (context) => {
    const secret = app.config.resendWebhookSecret;
    if (secret === undefined) return context.text('RESEND_WEBHOOK_SECRET is not set\n', 404);
    try {
      const body = await context.req.text();
      const event = verifyResendWebhook(body, context.req.header(), secret);
      const fresh = await keepEvent(app.db, event, app.now());
      // When the queue is away the sweep asks: the event is kept, and Resend need not send it again.
      if (fresh) await app.queue.enqueue('settle', { eventId: event.id }).catch(ignore);
      return context.body(null, 204);
    } catch (error) {
      if (!(error instanceof BadWebhookError)) throw error;
      app.log.warn({ why: error.message }, 'webhook refused');
      return context.text(`${error.message}\n`, 400);
    }
  });
  return web;
}
