import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { SourceError } from './source.ts';

/** The first two bytes of every gzip file: RFC 1952 section 2.3.1. */
const GZIP_MAGIC = 0x1f8b;

/** A line, or only its number when it was longer than allowed. */
export interface Line {
  /** 1-based. */
  readonly at: number;
  readonly text: string | undefined;
}

/** How much is read. */
export interface LineLimits {
  /** Of one line. */
  readonly lineBytesMax: number;
  /** Of the whole file, after decompression. */
  readonly bytesMax: number;
}

/** Where a compressed file broke off, when it did. */
export interface Cut {
  readonly at: number;
  readonly why: string;
}

/**
 * Calls `onLine` for every line of a text file or a gzip file, whatever its name, in order and
 * without holding more than one line. Bytes that are no UTF-8 become U+FFFD. A compressed file that
 * breaks off gives its whole lines first; its unfinished line is not one.
 * @returns where a compressed file broke off; `undefined` when it was complete.
 * @throws SourceError when the file cannot be read or is too large, and whatever `onLine` throws.
 */
export async function eachLine(
  path: string,
  limits: LineLimits,
  onLine: (line: Line) => void,
): Promise<Cut | undefined> {
  const { file, compressed } = await openFile(path);
  const lines = new Splitter(limits.lineBytesMax, onLine);
  const source = compressed ? file.pipe(createGunzip()) : file;
  let bytes = 0;
  try {
    return await new Promise<Cut | undefined>((resolve, reject) => {
      // Not `for await`: it drops what was decompressed before an error.
      source.on('data', (chunk: Buffer) => {
        try {
          bytes += chunk.length;
          if (bytes > limits.bytesMax) {
            throw new SourceError(`${path} holds more than ${limits.bytesMax} bytes: split it`);
          }
          lines.push(chunk);
        } catch (error) {
          reject(error);
        }
      });
      source.on('end', () => {
        try {
          lines.end();
          resolve(undefined);
        } catch (error) {
          reject(error);
        }
      });
      file.on('error', (cause) => reject(unreadable(path, cause)));
      if (compressed) {
        source.on('error', ({ message }: Error) => resolve({ at: lines.at, why: message }));
      }
    });
  } finally {
    source.destroy();
    file.destroy();
  }
}

async function openFile(path: string) {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const compressed = bytesRead === 2 && buffer.readUInt16BE() === GZIP_MAGIC;
    return { file: handle.createReadStream({ start: 0 }), compressed };
  } catch (cause) {
    await handle.close();
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): SourceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SourceError(`${path} cannot be read: ${why}`, { cause });
}

/** Cuts a stream of bytes at its line feeds. */
class Splitter {
  /** The number of the line that is being read. */
  at = 1;
  readonly #bytesMax: number;
  readonly #onLine: (line: Line) => void;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number, onLine: (line: Line) => void) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#flush();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** The last line may lack its line feed. */
  end(): void {
    if (this.#bytes > 0) this.#flush();
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#bytesMax) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #flush(): void {
    const text = this.#bytes > this.#bytesMax ? undefined : Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#bytes = 0;
    this.#onLine({ at: this.at++, text });
  }
}
