/**
 * How far a conversation had got (RFC 5321 section 3). `message`: a part of the message may have
 * left, but not its end, so no server may act on it (section 4.1.1.4). `dot`: the end of the message
 * may have reached the server, which from then on may have taken it.
 */
export type Stage =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'message'
  | 'dot';

/** What came back for one email. */
export interface Answer {
  readonly stage: Stage;
  /** The server's words, all lines of them; `null` when it said nothing. */
  readonly reply: string | null;
  /** Without a reply: nodemailer's code of the failure, or node's below it, and the same in words. */
  readonly code: string;
  readonly message: string;
  /** Names the email when the server does not. */
  readonly messageId: string;
}

/** Commands by the names that nodemailer gives them. */
const STAGES: Readonly<Record<string, Stage>> = {
  'MAIL FROM': 'mail',
  'RCPT TO': 'rcpt',
  DATA: 'data',
  EHLO: 'ehlo',
  HELO: 'ehlo',
  STARTTLS: 'tls',
};

/** How a try ended, as nodemailer tells it. */
export interface Report {
  readonly code: string;
  /** The command that was in flight; `CONN` for the connection. */
  readonly command: string;
  readonly reply: string | null;
  readonly message: string;
  /** How much of the message had been read for the socket: after `all`, its end may have left. */
  readonly read: 'nothing' | 'some' | 'all';
}

/**
 * Where a try had got to when it ended. The reading of the message decides, not the error, which
 * looks the same for a line that breaks before and after the end of the message.
 */
export function answerOf(report: Report): Omit<Answer, 'messageId'> {
  const { code, command, message, read } = report;
  const toMessage = code === 'EMESSAGE' && command === 'DATA';
  if (read !== 'nothing' || toMessage) {
    // Anything else that was read then is cut short or out of turn.
    const reply = toMessage ? report.reply : null;
    return { stage: read === 'all' ? 'dot' : 'message', reply, code, message };
  }
  const { reply } = report;
  const greeted = reply === null ? 'connect' : 'greeting';
  const other = code === 'EAUTH' ? 'auth' : code === 'ETLS' ? 'tls' : greeted;
  return { stage: STAGES[command] ?? other, reply, code, message };
}

/**
 * The report of a try that nodemailer calls a success: for it that is one when the server took the
 * message, even if it would not take a recipient.
 */
export function reportOf(
  info: {
    readonly accepted: readonly string[];
    readonly rejectedErrors?: readonly { readonly response?: string | undefined }[] | undefined;
    readonly response: string;
  },
  read: Report['read'],
): Report {
  const refusal = info.rejectedErrors?.[0]?.response;
  if (info.accepted.length === 0 && refusal !== undefined)
    return { code: 'EENVELOPE', command: 'RCPT TO', reply: refusal, message: '', read: 'nothing' };
  const named = info.accepted.length > 0;
  const message = 'the server names no recipient that it took the message for';
  const reply = named ? info.response : null;
  return { code: 'EMESSAGE', command: 'DATA', reply, message, read };
}
