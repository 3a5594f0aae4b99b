import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readJsonl } from '../../src/sources/jsonl.ts';
import { SourceError } from '../../src/sources/source.ts';
import { lines, paperFiles } from '../support/paper-files.ts';

const { folder, read } = paperFiles();

const row = { id: '2503.00001', title: 'Kettles', abstract: 'We boil.', listedOn: '2025-03-14' };

describe('readJsonl on large and broken files', () => {
  it('rejects a line of 20 MB without holding it', async () => {
    const path = join(folder(), 'long.jsonl');
    const piece = 'x'.repeat(1_000_000);
    await pipeline(
      Readable.from(
        (function* () {
          yield lines(row);
          for (let count = 0; count < 20; count++) yield piece;
          yield `\n${lines(row)}`;
        })(),
      ),
      createWriteStream(path),
    );
    const { listings, rejections } = await readJsonl(path, {});
    expect(listings).toHaveLength(2);
    expect(rejections).toEqual([{ at: 2, why: 'the line is longer than 1000000 bytes' }]);
  });

  it('takes a line of exactly the longest length', async () => {
    const empty = JSON.stringify({ ...row, comment: '' });
    const full = JSON.stringify({ ...row, comment: 'x'.repeat(1_000_000 - empty.length) });
    expect((await read(`${full}\n`)).listings).toHaveLength(1);
    expect((await read(`${full} \n`)).rejections).toHaveLength(1);
  });

  it('knows gzip by its first bytes, not by the name of the file', async () => {
    expect((await read(gzipSync(lines(row, row)))).listings).toHaveLength(2);
    const parts = Buffer.concat([gzipSync(lines(row)), gzipSync(lines(row))]);
    expect((await read(parts)).listings).toHaveLength(2);
  });

  it('keeps the whole lines of a compressed file that breaks off', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => ({
      ...row,
      title: `Kettle ${index ** 3}`,
    }));
    const whole = gzipSync(lines(...rows));
    let seen = 0;
    for (const share of [0.2, 0.5, 0.9, 1]) {
      const { listings, rejections } = await read(whole.subarray(0, whole.length * share - 4));
      expect(listings.length).toBeGreaterThan(seen);
      expect(listings.map(({ record }) => record.title)).toEqual(
        rows.slice(0, listings.length).map(({ title }) => title),
      );
      expect(rejections).toEqual([
        { at: listings.length + 1, why: expect.stringContaining('breaks off here') },
      ]);
      seen = listings.length;
    }
    expect(seen).toBe(3_000);
  });

  it('refuses a compressed file of which nothing can be read', async () => {
    const whole = gzipSync(lines(row));
    await expect(read(whole.subarray(0, 12))).rejects.toThrow(SourceError);
    await expect(read(whole.subarray(0, 12))).rejects.toThrow(/get the file again/);
  });

  it('refuses a file that holds more than allowed, even when it is small on disk', async () => {
    const bomb = gzipSync('\n'.repeat(5_000_000));
    await expect(read(bomb, { bytesMax: 1_000_000 })).rejects.toThrow(/more than 1000000 bytes/);
  });

  it.each([
    ['an empty file', ''],
    ['only empty lines', '\n \r\n\n'],
  ])('refuses %s', async (_what, content) => {
    await expect(read(content)).rejects.toThrow(/holds no line/);
  });

  it('refuses a missing file and a folder', async () => {
    await expect(readJsonl(join(folder(), 'none.jsonl'), {})).rejects.toThrow(
      /cannot be read: ENOENT/,
    );
    await expect(readJsonl(folder(), {})).rejects.toThrow(/cannot be read: EISDIR/);
  });
});
