import { sql } from 'kysely';
import type { App } from '../../src/app.ts';
import { routes } from '../../src/web/server.ts';

const BASE_URL = 'https://paperboy.test';

/** What a page answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Asks this Paperboy's pages as a browser without script does, within this process. */
export function browserOf(app: App) {
  const web = routes(app);
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await web.request(new URL(path, BASE_URL).pathname + search(path), init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    get: (path: string, headers: Record<string, string> = {}) => ask(path, { headers }),
    head: (path: string) => ask(path, { method: 'HEAD' }),
    /** Submits a form of a page of ours. */
    submit: (path: string, fields: Fields = {}, headers: Record<string, string> = {}) =>
      ask(path, {
        method: 'POST',
        body: encoded(fields),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: BASE_URL,
          ...headers,
        },
      }),
    ask,
  };
}

const search = (path: string) => new URL(path, BASE_URL).search;

function encoded(fields: Fields): string {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) body.append(name, one);
  }
  return body.toString();
}

/** Every row of every table, as text: nothing changed when this is the same. */
export async function everyRow({ db }: Pick<App, 'db'>): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1
  `.execute(db);
  const parts: string[] = [];
  for (const { name } of rows) {
    const found = await sql`select t::text from ${sql.raw(name)} t order by 1`.execute(db);
    parts.push(`${name}: ${JSON.stringify(found.rows)}`);
  }
  return parts.join('\n');
}

/** The paths of the forms of a page. */
export const formsIn = (text: string) =>
  [...text.matchAll(/<form[^>]*action="([^"]*)"/g)].map(([, action = '']) => action);
