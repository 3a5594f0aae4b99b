import { createHash } from 'node:crypto';
import type { Email } from '../domain/email.ts';

/** RFC 5322 section 2.1.1: bytes in a line, without its CRLF. */
const LINE_BYTES_MAX = 998;

/** What can be part of no address, so that one `to` can never name two recipients. */
const ADDRESS = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/;

/** Headers that the rest of the email decides. */
const DECIDED = /^(?:content-(?!language$).*|mime-version|from|to|cc|bcc|subject)$/i;

/** An email that no RFC 5322 message can carry as it is. */
export class EmlError extends Error {
  override readonly name = 'EmlError';
}

/**
 * The email as an RFC 5322 message: text before HTML, quoted-printable, CRLF. The same email gives
 * the same bytes in every process. Line breaks in a header become spaces.
 * @throws EmlError when an address is not exactly one mailbox, when Date or Message-ID is missing
 * (nodemailer would invent one), or when a header is malformed or has a piece too long to fold.
 */
export async function eml(email: Email): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const message = await new MailComposer({
    headers: freeHeaders(email),
    from: mailbox('from', email.from),
    to: mailbox('to', email.to),
    subject: await subject(email.subject),
    text: body(email.text),
    ...(email.html === undefined ? {} : { html: body(email.html) }),
    encoding: 'quoted-printable',
    newline: '\r\n',
    // Quoted-printable never yields "=_": no text can end its part early, though its writer may
    // know the delivery id.
    boundaryPrefix: '--=_paperboy',
    baseBoundary: createHash('sha256').update(email.deliveryId).digest('hex').slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  for (let start = 0; start < message.length; ) {
    const end = message.indexOf('\r\n', start);
    if (end - start > LINE_BYTES_MAX)
      throw new EmlError('a header has a piece too long for one line: shorten it');
    start = end < 0 ? message.length : end + 2;
  }
  return message;
}

/** As a list, because nodemailer keeps the order of a list whatever the names are. */
function freeHeaders({ headers }: Email): { key: string; value: string }[] {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const needed of ['date', 'message-id'])
    if (!names.has(needed)) throw new EmlError(`the header ${needed} is missing`);
  return Object.entries(headers).map(([key, value]) => {
    if (!/^[A-Za-z0-9-]+$/.test(key) || DECIDED.test(key))
      throw new EmlError(`the header ${JSON.stringify(key)} may not be set by hand`);
    return { key, value: oneLine(value) };
  });
}

function mailbox(field: 'from' | 'to', value: string): { name: string; address: string } {
  const line = oneLine(value).trim();
  const [, name = '', address = line] = /^(.*)<([^<>]*)>$/.exec(line) ?? [];
  if (!ADDRESS.test(address))
    throw new EmlError(`${field} is not exactly one address: write it as Name <name@example.org>`);
  return { name: unquoted(name.trim()), address };
}

function unquoted(name: string): string {
  const [, inner] = /^"(.*)"$/.exec(name) ?? [];
  return inner === undefined ? name : inner.replace(/\\(.)/g, '$1');
}

/** nodemailer folds at spaces only: a subject without any is broken up by encoding it. */
async function subject(value: string): Promise<string> {
  const line = oneLine(value);
  if (!/\S{900}/.test(line)) return line;
  const { encodeWord } = await import('nodemailer/lib/mime-funcs');
  return encodeWord(line, 'B', 52);
}

/** A buffer, because nodemailer drops a part that is an empty string. */
function body(text: string): Buffer {
  return Buffer.from(text.replace(/\r\n?|\n/g, '\r\n'));
}

function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
