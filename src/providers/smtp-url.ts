/** What an address such as `smtp://user:password@mail.example.org:587` says of a server. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314), instead of STARTTLS (RFC 3207). */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** How we introduce ourselves; absent: the name of this machine. */
  readonly name?: string;
  /** The name in the server's certificate, when it is not the host. */
  readonly servername?: string;
}

const OPTIONS: ReadonlySet<string> = new Set(['name', 'servername']);
const NAME = /^[A-Za-z0-9](?:[\w.:-]{0,253})$|^\[[\da-f.:]+\]$/i;

/**
 * Reads the address of a mail server: `smtp:` (port 587) or `smtps:` (port 465), with `?name=` and
 * `?servername=`.
 * @throws TypeError, which never quotes the address: it may hold a password.
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw new TypeError('expected smtp://user:password@host:587 or smtps://user:password@host:465');
  if (url.pathname.length > 1 || url.hash !== '')
    throw new TypeError(
      'expected nothing after the port but ?name= and ?servername=; write / as %2F and # as %23 in a password',
    );
  const given = [...url.searchParams];
  const unknown = given.find(([name, value]) => !OPTIONS.has(name) || !NAME.test(value));
  if (unknown !== undefined)
    throw new TypeError(`expected ?name=HOST and ?servername=HOST only, not ?${unknown[0]}=`);
  const secure = url.protocol === 'smtps:';
  const user = decoded(url.username);
  const pass = decoded(url.password);
  if ((user === '') !== (pass === ''))
    throw new TypeError('expected a user with a password, or neither of them');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    ...(user === '' ? {} : { auth: { user, pass } }),
    ...Object.fromEntries(given),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('expected % in a user or password to be written as %25');
  }
}
