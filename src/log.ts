import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';
import { withoutAddresses } from './domain/address.ts';

/** A log as pino writes it; never a secret, never an address. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export function openLog(level: LogLevel, to: DestinationStream): Log {
  return pino({ level, serializers: { err: errorWords, why: masked } }, to);
}

/**
 * What a log may know of an error. The database's own fields are left out but for these: `detail`,
 * `where` and the parameters quote the row, `Key (email_key)=(…) already exists`.
 */
function errorWords(error: unknown): unknown {
  if (!(error instanceof Error)) return masked(error);
  const { code, constraint, table } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: withoutAddresses(error.message),
    stack: withoutAddresses(error.stack ?? ''),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(error.cause === undefined ? {} : { cause: errorWords(error.cause) }),
  };
}

function masked(words: unknown): unknown {
  return typeof words === 'string' ? withoutAddresses(words) : words;
}
