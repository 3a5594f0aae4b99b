import type { SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { Provider } from '../../src/providers/provider.ts';
import { type SmtpOptions, smtp } from '../../src/providers/smtp.ts';
import { type Script, type Sink, startScripted, startSink } from './fake-smtp.ts';

/** The provider before a fake server, until the test ends; impatient, and plaintext will do. */
export function smtpTo(server: Pick<Sink, 'port'>, options: Partial<SmtpOptions> = {}): Provider {
  return closing(
    smtp({
      url: `smtp://localhost:${server.port}`,
      onUnknown: 'hold',
      allowPlaintext: true,
      timeouts: { connectMs: 1_000, replyMs: 400, totalMs: 3_000 },
      ...options,
    }),
  );
}

/** A scripted server until the test ends. */
export async function scripted(script: Script = {}): Promise<Sink> {
  return closing(await startScripted(script));
}

/** A sink until the test ends. */
export async function sink(options: SMTPServerOptions = {}): Promise<Sink> {
  return closing(await startSink(options));
}

function closing<T extends { close(): Promise<void> }>(one: T): T {
  onTestFinished(() => one.close());
  return one;
}
