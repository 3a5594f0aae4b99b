import { createWriteStream, type WriteStream } from 'node:fs';

/** pino's numbers. */
export const WARN = 40;
export const ERROR = 50;

export interface Entry {
  readonly level: number;
  readonly msg: string;
  readonly at: number;
  readonly line: string;
}

const KEPT = 5_000;

/** What the workers of a stage told: all of it in a file, warnings and errors at hand. */
export class Logbook {
  readonly path: string;
  /** Warnings and errors, at most the first 5,000. */
  readonly entries: Entry[] = [];
  lines = 0;
  /** By process, the event loop's delay at p99 as it last told it, ms. */
  readonly loops = new Map<number, number>();
  readonly #file: WriteStream;

  constructor(path: string) {
    this.path = path;
    this.#file = createWriteStream(path);
  }

  /** Takes one line of a process. */
  heard(pid: number, line: string): void {
    const { level, msg, time, p99 } = parse(line);
    if (p99 !== undefined) this.loops.set(pid, p99);
    this.lines += 1;
    this.#file.write(`${pid} ${line}\n`);
    if (level < WARN || this.entries.length >= KEPT) return;
    this.entries.push({ level, msg, at: time, line });
  }

  /** How many warnings and errors say this. */
  count(words: RegExp, level = WARN): number {
    return this.entries.filter((entry) => entry.level >= level && words.test(entry.msg)).length;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#file.end(resolve));
  }
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly time: number;
  readonly p99?: number;
}

/** A line that is no log entry (a stack trace, a warning of Node) counts as an error. */
function parse(line: string): Line {
  try {
    return { level: 0, msg: '', time: Date.now(), ...(JSON.parse(line) as Partial<Line>) };
  } catch {
    return { level: ERROR, msg: line, time: Date.now() };
  }
}
