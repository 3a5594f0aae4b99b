import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** Every title and abstract of a folder of recorded months, as they came. */
export async function* recordedTexts(dir: string): AsyncGenerator<{ where: string; text: string }> {
  for (const name of (await readdir(dir)).sort()) {
    const lines = createInterface({
      input: createReadStream(join(dir, name)).pipe(createGunzip()),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const { id, title, abstract } = JSON.parse(line);
      yield { where: `${name} ${id} title`, text: title };
      yield { where: `${name} ${id} abstract`, text: abstract };
    }
  }
}

const COMMAND = /\\[a-zA-Z@]+|\\[^\s\w]/;
/** Money: `$5`, `US$ 5`, and what some write behind the number, `4$ per hour`. */
const MONEY = /\$\s?\d|[A-Z]{1,3}\$|\d\$(?=[\s:;,.)]|$)/;
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** What a cleaned text still has that it should not; `undefined` when it is clean. */
export function dirtIn(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (COMMAND.test(text)) return `has a command: ${around(text, COMMAND)}`;
  const left = text.replace(new RegExp(MONEY, 'g'), '');
  if (left.includes('$')) return `has a dollar: ${around(left, /\$/)}`;
  if (UNSEEN.test(text)) return `has what cannot be seen: ${around(text, UNSEEN)}`;
  return undefined;
}

function around(text: string, found: RegExp): string {
  const at = found.exec(text)?.index ?? 0;
  return JSON.stringify(text.slice(Math.max(0, at - 40), at + 40));
}
