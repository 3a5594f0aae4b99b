import { createHash, type KeyLike, verify } from 'node:crypto';

/** What a DKIM signature says, and whether it holds. */
export interface Signature {
  readonly holds: boolean;
  readonly domain: string;
  readonly selector: string;
  /** The names in `h=`, in lower case. */
  readonly covers: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Verifies the first DKIM signature of a message (RFC 6376 section 6.1) for `rsa-sha256` and
 * `relaxed/relaxed`, with the key given instead of looked up.
 */
export function verifyDkim(message: Buffer, publicKey: KeyLike): Signature {
  const text = message.toString('latin1');
  const split = text.indexOf('\r\n\r\n');
  const fields = text
    .slice(0, split)
    .split(/\r\n(?![ \t])/)
    .map((field) => ({ name: (field.split(':')[0] ?? '').trim().toLowerCase(), field }));
  const signature = fields.find(({ name }) => name === 'dkim-signature')?.field ?? '';
  const tags: Record<string, string> = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => tag.replace(/\s+/g, ''))
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)])
      .filter(([name]) => name !== ''),
  );
  const covers = (tags.h ?? '').toLowerCase().split(':');
  const remaining = [...fields].reverse(); // section 5.4.2: from the bottom up, each once
  const covered = covers.map((wanted) => {
    const at = remaining.findIndex(({ name }) => name === wanted);
    return at < 0 ? '' : `${relaxedField(remaining.splice(at, 1)[0]?.field ?? '')}\r\n`;
  });
  const unsigned = relaxedField(signature.replace(/([;\s]b=)[^;]*/, '$1'));
  const bodyHash = createHash('sha256')
    .update(Buffer.from(relaxedBody(text.slice(split + 4)), 'latin1'))
    .digest('base64');
  const holds =
    tags.a === 'rsa-sha256' &&
    tags.c === 'relaxed/relaxed' &&
    tags.bh === bodyHash &&
    verify(
      'sha256',
      Buffer.from(covered.join('') + unsigned, 'latin1'),
      publicKey,
      Buffer.from(tags.b ?? '', 'base64'),
    );
  return { holds, domain: tags.d ?? '', selector: tags.s ?? '', covers, tags };
}

/** Section 3.4.2. */
function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** Section 3.4.4. */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  const text = lines.join('\r\n').replace(/(?:\r\n)+$/, '');
  return text === '' ? '' : `${text}\r\n`;
}
