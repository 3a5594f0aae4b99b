import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import type { TestApp } from './app.ts';

/** A notice as it lies in the outbox. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The path of its one link. */
  readonly path: string;
}

/** Every notice of a day, in the order in which they were asked for. */
export async function lettersOf(t: TestApp, day = '2025-03-14'): Promise<Letter[]> {
  const dir = join(t.app.outboxDir ?? '', 'notices', day);
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(
    names.map(async (name) => {
      const { to, subject = '', text = '' } = await simpleParser(await readFile(join(dir, name)));
      const address = [to ?? []].flat()[0]?.text ?? '';
      const [link = ''] = text.match(/https?:\S+/) ?? [];
      return { to: address, subject, text, path: link === '' ? '' : new URL(link).pathname };
    }),
  );
}
