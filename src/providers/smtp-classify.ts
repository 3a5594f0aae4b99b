import type { Outcome } from '../domain/outcome.ts';
import { brief } from './brief.ts';
import type { Answer, Stage } from './smtp-stage.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const SPOKEN: Readonly<Record<Stage, string>> = {
  connect: 'connection',
  greeting: 'greeting',
  ehlo: 'EHLO',
  tls: 'STARTTLS',
  auth: 'AUTH',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  message: 'within the message',
  dot: 'end of the message',
};

/** What a person can do where a permanent answer concerns every email. */
const REMEDIES: Partial<Record<Stage, string>> = {
  tls: 'the server offers no STARTTLS: use smtps://, or allow plaintext on purpose',
  auth: 'check the user and the password',
  mail: 'the server takes no mail from this sender',
};

/** Stages whose permanent answer may be about this one email; before them it is about us. */
const ABOUT_ONE: ReadonlySet<Stage> = new Set(['rcpt', 'data', 'dot']);

/** Not implemented, or log in first (RFC 4954 section 6): no other email would escape it. */
const HALTING_CODES: ReadonlySet<number> = new Set([502, 504, 530, 534, 535, 538]);

/** Bad sender's mailbox, bad sender's system (RFC 3463 section 3.2). */
const HALTING_STATUSES: ReadonlySet<string> = new Set(['1.7', '1.8']);

/** About the recipient, though under "security or policy": it is a list, or has changed hands (RFC 7293). */
const PERSONAL_STATUSES: ReadonlySet<string> = new Set(['7.2', '7.17', '7.18']);

/** The same from servers without enhanced status codes; a relay that is shut must refuse nobody. */
const HALTING_WORDS =
  /\brelay|authenticat|\bsender (?:address |verify )?(?:rejected|failed|denied)|\b(?:spf|dkim|dmarc|dnsbl|rbl)\b|(?:black|block) ?list/i;

/** "For now" about all that we send, though said of one email. */
const TOO_FAST = /\btoo (?:many|much|fast)|\brate\b|\bthrottl/i;

/** Certificates, and a TLS handshake with a port that speaks none: a wait mends neither. */
const HALTING_TLS = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|WRONG_VERSION_NUMBER/;

/** Failures of our own making: login missing or impossible, an option that contradicts another. */
const HALTING_FAILURES: ReadonlySet<string> = new Set([
  'EAUTH',
  'ENOAUTH',
  'ECONFIG',
  'ERR_ACCESS_DENIED',
]);

/** Said by nodemailer before anything left: an address it will not write, more bytes than SIZE allows. */
const REFUSING_FAILURES: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

interface Said {
  /** 0 when the reply does not start with a code. */
  readonly code: number;
  /** Subject and detail of the enhanced status code (RFC 3463), `1.1` for one; else empty. */
  readonly status: string;
  readonly text: string;
}

/**
 * What the end of a conversation means for its one email. The first digit of the reply decides (RFC
 * 5321 section 4.2.1): whatever is answered with 4 or 5 was not taken. Without a reply it depends on
 * whether the end of the message may have left: only then is it `unknown`.
 */
export function classify(answer: Answer): Outcome {
  const { stage, reply, messageId } = answer;
  const why = brief(`${SPOKEN[stage]}: ${reply ?? answer.message}`);
  const said = parsed(reply ?? '');
  const severity = Math.floor(said.code / 100);
  // nodemailer goes on writing the message then, and its end may follow.
  if (stage === 'message' && reply !== null && said.code !== 421) return { kind: 'unknown', why };
  if (stage === 'dot' && severity === 2)
    return { kind: 'submitted', providerIds: [queueId(said.text) ?? messageId] };
  // 503, bad sequence of commands, is about the session: another one can go better.
  if (severity === 4 || said.code === 503) return busy(stage, said, why);
  if (severity === 5) return permanent(stage, said, why);
  if (stage === 'dot') return { kind: 'unknown', why };
  if (stage === 'greeting') return { kind: 'halted', why: `${why}: this is no mail server` };
  return silent(answer, why);
}

function permanent(stage: Stage, { code, status, text }: Said, why: string): Outcome {
  const refused: Outcome = { kind: 'refused', why, culprits: [0] };
  // Too big, already by the SIZE that MAIL FROM announces (RFC 1870 section 6.1).
  if (stage === 'mail' && (code === 552 || status === '3.4' || status === '2.3')) return refused;
  if (!ABOUT_ONE.has(stage)) return halted(stage, why);
  const policy = status.startsWith('7.') && !PERSONAL_STATUSES.has(status);
  const wordy = status === '' && HALTING_WORDS.test(text);
  if (policy || wordy || HALTING_CODES.has(code) || HALTING_STATUSES.has(status))
    return halted(stage, why);
  return refused;
}

/** No reply, or none that SMTP knows, and the end of the message has not left: nothing was taken. */
function silent({ stage, code, reply }: Answer, why: string): Outcome {
  if (HALTING_FAILURES.has(code)) return halted(stage, why);
  if (REFUSING_FAILURES.has(code) && reply === null) return { kind: 'refused', why, culprits: [0] };
  if (HALTING_TLS.test(code)) {
    const remedy =
      'no TLS with this server: correct the port, or name the authority it is signed by';
    return { kind: 'halted', why: `${why}: ${remedy}` };
  }
  return { kind: 'busy', why, retryAfterMs: MINUTE };
}

function halted(stage: Stage, why: string): Outcome {
  const remedy = REMEDIES[stage];
  return { kind: 'halted', why: remedy === undefined ? why : `${why}: ${remedy}` };
}

/**
 * Comes back after what the server asks for in its words, a greylist for one; else after a minute for
 * what is about the server, five for what is about this email, and half an hour for a full mailbox.
 */
function busy(stage: Stage, { code, status, text }: Said, why: string): Outcome {
  const everybody =
    !ABOUT_ONE.has(stage) || code === 421 || code === 503 || status.startsWith('3.');
  const ownMs = status === '2.2' ? 30 * MINUTE : 5 * MINUTE;
  const retryAfterMs = askedMs(text) ?? (everybody ? MINUTE : ownMs);
  return everybody || TOO_FAST.test(text)
    ? { kind: 'busy', why, retryAfterMs }
    : { kind: 'busy', why, retryAfterMs, scope: 'slice' };
}

function askedMs(text: string): number | undefined {
  const [, amount, unit = ''] = /\b(\d{1,5}) ?(sec|min)(?:ond|ute)?s?\b/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const ms = Number(amount) * (unit.toLowerCase() === 'min' ? MINUTE : SECOND);
  return Math.min(Math.max(ms, 10 * SECOND), HOUR);
}

function parsed(reply: string): Said {
  const [, code = '0'] = /^([2-5]\d{2})(?:[ -]|$)/.exec(reply) ?? [];
  const [, status = ''] = /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(reply) ?? [];
  return { code: Number(code), status, text: reply };
}

/**
 * The name under which the server's log has the email: `queued as 4F2C1A`, `id=1rkX-0007-Ab`, SES's
 * `250 Ok 0100018b…`, sendmail's and OpenSMTPD's `2.0.0 4F2C1A Message accepted`.
 */
function queueId(text: string): string | undefined {
  const [, named, ses, leading] =
    /\b(?:queued as |id=)<?([\w.-]{4,100})|^250 Ok ([0-9a-f][0-9a-f-]{15,99})$|^250 2\.\d\.\d ([\w.-]{4,100}) Message accepted/i.exec(
      text,
    ) ?? [];
  return named ?? ses ?? leading;
}
