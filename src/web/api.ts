import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { App } from '../app.ts';
import {
  curate,
  EditorName,
  EditorNote,
  listCurated,
  paperStory,
  pushPapers,
  Submission,
  submitPaper,
} from '../curate.ts';
import { dayOf } from '../domain/calendar.ts';
import type { Keys } from '../domain/token.ts';
import { sameSecret } from './same-secret.ts';

const PUSH_BYTES_MAX = 10_000_000;
const CURATION_BYTES_MAX = 100_000;
const PAPERS_MAX = 1_000;
const DAYS_SHOWN = 7;

type Tools = Pick<App, 'config' | 'db' | 'now' | 'log'>;
/** The name of the key that was shown. */
type Env = { Variables: { by: string } };

const by = EditorName.optional();
const paper = z.string().min(1).max(2_000);
/** What a person does to a paper, as a body of `POST /api/curations`. */
const Wish = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['pin', 'unpin', 'hide', 'unhide']), paper, by }),
  z.strictObject({ action: z.literal('annotate'), paper, note: EditorNote, by }),
  z.strictObject({ action: z.literal('submit'), paper: Submission, by }),
]);

const ListQuery = z.object({
  date: z.iso.date().optional(),
  days: z.coerce.number().int().min(1).max(31).default(DAYS_SHOWN),
  limit: z.coerce.number().int().min(1).max(PAPERS_MAX).default(100),
});

/**
 * For systems that have the papers already, and for editors: `POST /api/papers`, `GET /api/papers`,
 * `POST /api/curations`. Each asks for a key of PAPERBOY_API_KEYS, whose name is kept with what it did.
 */
export function api(app: Tools): Hono<Env> {
  const web = new Hono<Env>();
  web.use(async (context, next) => {
    const keys = app.config.apiKeys;
    if (keys === undefined) return context.json({ error: 'PAPERBOY_API_KEYS is not set' }, 404);
    const name = keyName(keys, context.req.header('authorization'));
    if (name === undefined) {
      context.header('WWW-Authenticate', 'Bearer');
      return context.json({ error: 'expected the header Authorization: Bearer KEY' }, 401);
    }
    context.set('by', name);
    return next();
  });
  web.post('/papers', limit(PUSH_BYTES_MAX), async (context) =>
    answer(context, async () => {
      const run = await pushPapers(app, await context.req.text(), context.get('by'));
      return context.json(run, run.rejected === run.seen ? 422 : 200);
    }),
  );
  web.get('/papers', async (context) => {
    const query = ListQuery.safeParse(context.req.query());
    if (!query.success) return context.json({ error: z.prettifyError(query.error) }, 400);
    const { date = dayOf(app.now(), 'UTC'), ...rest } = query.data;
    return context.json(await listCurated(app, { day: date, ...rest }));
  });
  web.get('/papers/:id{.+}', (context) =>
    answer(context, async () => context.json(await paperStory(app, context.req.param('id')))),
  );
  web.post('/curations', limit(CURATION_BYTES_MAX), async (context) =>
    answer(context, async () => {
      const wish = Wish.safeParse(await context.req.json().catch(() => undefined));
      if (!wish.success) return context.json({ error: z.prettifyError(wish.error) }, 400);
      return context.json(await carryOut(app, wish.data, context.get('by')));
    }),
  );
  return web;
}

async function carryOut(app: Tools, wish: z.infer<typeof Wish>, key: string) {
  const editor = wish.by ?? key;
  if (wish.action === 'submit') {
    const { paper: submitted, isNew } = await submitPaper(app, wish.paper, editor);
    return { ...submitted, new: isNew };
  }
  const note = wish.action === 'annotate' ? wish.note : undefined;
  return curate(app, wish.paper, wish.action, { by: editor, note });
}

/** What the caller can mend is told to them; everything else is an error of ours. */
async function answer(context: Context, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'SourceError') return context.json({ error: error.message }, 400);
    if (error.name === 'UnknownPaperError') return context.json({ error: error.message }, 404);
    throw error;
  }
}

function limit(bytesMax: number) {
  return bodyLimit({
    maxSize: bytesMax,
    onError: (context) =>
      context.json({ error: `the body is longer than ${bytesMax} bytes: send it in parts` }, 413),
  });
}

/** The name of the key in the header. Every key is compared, each in the same time. */
function keyName(keys: Keys, header: string | undefined): string | undefined {
  const [, shown] = /^Bearer +(.{1,500})$/i.exec(header ?? '') ?? [];
  let found: string | undefined;
  for (const [name, key] of keys) if (sameSecret(shown ?? '', key)) found = name;
  return shown === undefined ? undefined : found;
}
