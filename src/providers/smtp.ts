import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import type { Email } from '../domain/email.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type DkimKey, dkimSigner } from './dkim.ts';
import { EmlError, eml } from './eml.ts';
import type { Provider } from './provider.ts';
import { classify } from './smtp-classify.ts';
import { type Answer, answerOf, type Report, reportOf } from './smtp-stage.ts';
import { parseSmtpUrl } from './smtp-url.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** A server that cannot be reached is tried again after as long as it has been away, within these. */
const AWAY_MIN_MS = 5 * SECOND;
const AWAY_MAX_MS = 5 * MINUTE;

/** Below what servers and address translators bear: a line found dead costs a try. */
const IDLE_MS = 30 * SECOND;

/** How often a line that broke before the message is replaced at once. */
const FRESH_LINES_MAX = 2;

/** What may follow `MAIL FROM:<` and `RCPT TO:<`. `eml` has looked at the rest. */
const BARE = /^[^\s\p{Cc}<>]+@[^\s\p{Cc}<>]+$/u;

/** Where the mail server is and what it may be trusted with. */
export interface SmtpOptions {
  /** `smtp://user:password@host:587` or `smtps://user:password@host:465`; see `parseSmtpUrl`. */
  readonly url: string;
  /**
   * What becomes of an email that the server may or may not have taken. `hold`: it is never handed
   * over again, so nobody gets it twice and somebody may not get it. `retry`: it is, for 23 h, so
   * nobody misses it and somebody may get it twice.
   */
  readonly onUnknown: 'hold' | 'retry';
  /** Mail and password may cross the net unencrypted when the server offers no STARTTLS. */
  readonly allowPlaintext?: boolean;
  /** Certificate authorities to trust besides the usual ones, as PEM. */
  readonly ca?: string;
  readonly dkim?: DkimKey;
  /** Where bounces go; absent: to the From address. */
  readonly returnPath?: string;
  /** Connections at a time. */
  readonly pool?: number;
  readonly timeouts?: Partial<SmtpTimeouts>;
}

/** How long to wait for a server, ms. */
interface SmtpTimeouts {
  /** From the look-up of the host to the end of TLS. */
  readonly connectMs: number;
  /** For a reply. RFC 5321 section 4.5.3.2.6: after the end of a message at least ten minutes. */
  readonly replyMs: number;
  /** For an email altogether, against a server that trickles. */
  readonly totalMs: number;
}

const TIMEOUTS: SmtpTimeouts = {
  connectMs: MINUTE,
  replyMs: 10 * MINUTE,
  totalMs: 15 * MINUTE,
};

/** What nodemailer reads of a message at a time: its end is read when all before it is on its way. */
const PIECE_BYTES = 16 * 1_024;

/** One email on its way. */
interface Parcel {
  readonly bytes: Buffer;
  readonly envelope: { readonly from: string; readonly to: string; readonly size: number };
  readonly messageId: string;
}

/**
 * A mail server: a slice is one email. SMTP knows no idempotency key, so whoever may have taken an
 * email without saying so cannot be asked; `onUnknown` says what becomes of it then.
 * @throws TypeError when the URL, the return path or the DKIM key is malformed.
 */
export function smtp(options: SmtpOptions): Provider {
  const sign = options.dkim === undefined ? undefined : dkimSigner(options.dkim);
  const returnPath = options.returnPath === undefined ? undefined : bare(options.returnPath);
  if (returnPath === null) throw new TypeError('the return path is no address');
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  /** What nodemailer reads for the socket, by what it was given. */
  const reading = new WeakMap<object, Readable>();
  let transport = openTransport(options, timeouts, reading);
  const underway = new Map<AbortController, Promise<Outcome>>();
  let awaySince: number | undefined;

  async function parcelOf(email: Email): Promise<Parcel> {
    const message = await eml(email);
    const bytes = sign === undefined ? message : await sign(message);
    const [from, to] = [returnPath ?? bare(email.from), bare(email.to)];
    if (from === null || to === null) throw new EmlError('an address has stray characters');
    const envelope = { from, to, size: bytes.length };
    return { bytes, envelope, messageId: messageIdOf(email) };
  }

  async function send(parcel: Parcel, signal: AbortSignal): Promise<Answer> {
    const { bytes, envelope, messageId } = parcel;
    const raw = Readable.from(pieces(bytes), { objectMode: false });
    const report = await transport.sendMail({ raw, envelope, signal }).then(
      (info) => reportOf(info, read(reading.get(raw))),
      (error: unknown) => failureOf(error, read(reading.get(raw))),
    );
    const answer = answerOf(report);
    if (answer.stage === 'message' && answer.reply !== null) renew();
    return { ...answer, messageId };
  }

  /** A reply came too early, and nodemailer would write the next email into the rest of this one. */
  function renew(): void {
    transport.close();
    transport = openTransport(options, timeouts, reading);
  }

  /** Again at once when nothing but an old line broke: the message had not begun. */
  async function deliver(parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
    for (let fresh = 0; ; fresh++) {
      const answer = await send(parcel, signal);
      const broken = answer.stage === 'connect' && answer.code === 'ECONNECTION';
      if (!broken || fresh === FRESH_LINES_MAX) return patient(answer, classify(answer));
    }
  }

  function patient({ stage }: Answer, outcome: Outcome): Outcome {
    if (outcome.kind !== 'busy' || stage !== 'connect') {
      awaySince = undefined;
      return outcome;
    }
    const now = performance.now();
    awaySince ??= now;
    const awayMs = Math.min(Math.max(now - awaySince, AWAY_MIN_MS), AWAY_MAX_MS);
    return { ...outcome, retryAfterMs: Math.ceil(awayMs) };
  }

  async function limited(parcel: Parcel): Promise<Outcome> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeouts.totalMs);
    const delivery = deliver(parcel, abort.signal);
    underway.set(abort, delivery);
    try {
      return await delivery;
    } finally {
      clearTimeout(timer);
      underway.delete(abort);
    }
  }

  return {
    name: 'smtp',
    account: 'smtp', // no server recognises a repeat, this one as little as another
    sliceMax: 1,
    keyLifeMs: options.onUnknown === 'retry' ? 23 * HOUR : 0,
    async submit(emails) {
      const [email] = emails;
      if (email === undefined) return { kind: 'submitted', providerIds: [] };
      if (emails.length > 1) {
        const culprits = emails.map((_, at) => at).slice(1); // each alone is fine
        return { kind: 'refused', why: 'more than one email in a slice', culprits };
      }
      try {
        return await limited(await parcelOf(email));
      } catch (error) {
        if (!(error instanceof EmlError)) throw error;
        return { kind: 'refused', why: `email 0: ${error.message}`, culprits: [0] };
      }
    },
    /** Breaks off what is underway; where its end was on its way, the outcome is `unknown`. */
    async close() {
      transport.close();
      for (const abort of underway.keys()) abort.abort();
      await Promise.allSettled(underway.values());
    },
  };
}

function openTransport(
  options: SmtpOptions,
  timeouts: SmtpTimeouts,
  reading: WeakMap<object, Readable>,
) {
  const { servername, ...server } = parseSmtpUrl(options.url);
  const transport = createTransport({
    ...server,
    pool: true,
    maxConnections: options.pool ?? 4,
    maxRequeues: 0, // what is sent again is decided here
    idleTimeout: IDLE_MS,
    requireTLS: !server.secure && options.allowPlaintext !== true,
    tls: {
      ...(servername === undefined ? {} : { servername }),
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
    },
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    socketTimeout: timeouts.replyMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return transport.use('stream', ({ data, message }, next) => {
    message?.processFunc((stream) => {
      if (data.raw instanceof Readable) reading.set(data.raw, stream);
      return stream;
    });
    next();
  });
}

function* pieces(bytes: Buffer): Iterable<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES)
    yield bytes.subarray(start, start + PIECE_BYTES);
}

/** Of the stream from which nodemailer feeds the socket; it ends the message when that ends. */
function read(stream: Readable | undefined): Report['read'] {
  if (stream?.readableEnded === true) return 'all';
  return stream?.readableDidRead === true ? 'some' : 'nothing';
}

function failureOf(error: unknown, read: Report['read']): Report {
  const { code, originalCode, command, response, message } = error as NodeJS.ErrnoException & {
    originalCode?: string;
    command?: string;
    response?: string;
  };
  return {
    code: originalCode ?? code ?? '',
    command: command ?? '',
    reply: response ?? null,
    message,
    read,
  };
}

/** The address of `Name <address>`; `null` when it holds what none may hold. */
function bare(mailbox: string): string | null {
  const address = /<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim();
  return BARE.test(address) ? address : null;
}

function messageIdOf({ headers }: Email): string {
  const [, id = ''] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'message-id') ?? [];
  return id;
}
