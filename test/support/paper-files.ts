import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type JsonlOptions, readJsonl } from '../../src/sources/jsonl.ts';
import type { Pulled } from '../../src/sources/source.ts';

/** A folder for the papers files of one test file, removed behind it. */
export function paperFiles() {
  let path: string;
  let count = 0;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'paperboy-jsonl-'));
  });
  afterAll(async () => {
    await rm(path, { recursive: true });
  });
  return {
    folder: () => path,
    /** Writes a new file and reads its papers. */
    async read(content: string | Buffer, options: JsonlOptions = {}): Promise<Pulled> {
      const file = join(path, `${count++}.jsonl`);
      await writeFile(file, content);
      return readJsonl(file, options);
    },
  };
}

/** One row a line; a string stands for itself. */
export function lines(...rows: unknown[]): string {
  return rows.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');
}
