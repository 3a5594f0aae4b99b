import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { outbox } from '../../src/providers/outbox.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { resend } from '../../src/providers/resend.ts';
import { smtp } from '../../src/providers/smtp.ts';
import { throwaway } from '../../src/providers/throwaway.ts';
import { startFakeResend } from './fake-resend.ts';
import { startSink } from './fake-smtp.ts';

/** An email as the recipient's side finds it. */
export interface Delivered {
  readonly to: string;
  readonly subject: string;
  readonly html: string | undefined;
  readonly text: string;
  /** Names in lower case, values unfolded. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A provider with a look at what it delivered. */
export interface Bench {
  readonly provider: Provider;
  delivered(): Promise<readonly Delivered[]>;
  close(): Promise<void>;
}

/** How a provider is opened for the tests, and what may be asked of it. */
interface BenchKind {
  readonly open: () => Promise<Bench>;
  readonly sliceMax: number;
  /** Does the same slice under the same key arrive once, however often it is handed over? */
  readonly remembersKeys: boolean;
}

/** Every provider, ready to be put through the same tests. */
export const benches: Readonly<Record<string, BenchKind>> = {
  outbox: { open: () => folderBench(outbox), sliceMax: 100, remembersKeys: true },
  throwaway: { open: () => folderBench(throwaway), sliceMax: 100, remembersKeys: false },
  resend: { open: resendBench, sliceMax: 100, remembersKeys: true },
  smtp: { open: smtpBench, sliceMax: 1, remembersKeys: false },
};

async function folderBench(open: (options: { dir: string }) => Provider): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'paperboy-outbox-'));
  const provider = open({ dir });
  return {
    provider,
    async delivered() {
      const names = await readdir(dir, { recursive: true });
      const files = names.filter((name) => name.endsWith('.eml')).sort();
      return Promise.all(files.map(async (name) => parsed(await readFile(join(dir, name)))));
    },
    async close() {
      await provider.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function resendBench(): Promise<Bench> {
  const fake = await startFakeResend();
  const provider = resend({ apiKey: 're_test', baseUrl: fake.url });
  return {
    provider,
    delivered: async () =>
      fake.accepted.map(({ email: { to, subject, html, text, headers } }) => ({
        to: [to].flat().join(', '),
        subject,
        html,
        text: text ?? '',
        headers: lowerCased(Object.entries(headers ?? {})),
      })),
    async close() {
      await provider.close();
      await fake.close();
    },
  };
}

async function smtpBench(): Promise<Bench> {
  const sink = await startSink();
  const url = `smtp://localhost:${sink.port}`;
  const provider = smtp({ url, onUnknown: 'hold', allowPlaintext: true });
  return {
    provider,
    delivered: () => Promise.all(sink.taken.map(({ raw }) => parsed(raw))),
    async close() {
      await provider.close();
      await sink.close();
    },
  };
}

async function parsed(message: Buffer): Promise<Delivered> {
  const { headerLines, to, subject = '', html, text = '' } = await simpleParser(message);
  return {
    to: [to ?? []]
      .flat()
      .map((one) => one.text)
      .join(', '),
    subject,
    html: html === false ? undefined : html,
    text,
    headers: lowerCased(
      headerLines
        .map(({ key, line }): [string, string] => [key, line.slice(key.length + 1)])
        .filter(([key]) => !/^(?:from|to|subject|mime-version|content-.*)$/.test(key)),
    ),
  };
}

function lowerCased(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), value.replace(/\s+/g, ' ').trim()]),
  );
}
