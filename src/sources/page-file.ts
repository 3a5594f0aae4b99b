import { open, stat } from 'node:fs/promises';
import { parsePage } from './page.ts';
import { type Pulled, SourceError } from './source.ts';

const PAGE_BYTES_MAX = 20_000_000;

/** The papers of a papers page that stands in a file. @throws SourceError */
export async function readPage(path: string, options: { readonly date: string }): Promise<Pulled> {
  const { size } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SourceError(`${path} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  if (size > PAGE_BYTES_MAX) {
    throw new SourceError(`${path} has ${size} bytes; a page has at most ${PAGE_BYTES_MAX}`);
  }
  const handle = await open(path);
  try {
    return parsePage(await handle.readFile('utf8'), options);
  } finally {
    await handle.close();
  }
}
