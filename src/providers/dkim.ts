import { createPrivateKey } from 'node:crypto';
import DKIM from 'nodemailer/lib/dkim';

/** Who signs: the public half stands in DNS at `<keySelector>._domainkey.<domainName>`. */
export interface DkimKey {
  readonly domainName: string;
  readonly keySelector: string;
  /** RSA, as PEM. */
  readonly privateKey: string;
}

/** RFC 8301 section 3.2: no verifier takes less. */
const MODULUS_BITS_MIN = 1_024;

/**
 * What the signature covers, where the message has it: what RFC 6376 section 5.4.1 names, and what
 * a mailbox provider acts on. RFC 8058 section 4 wants both List-Unsubscribe headers in it;
 * nodemailer's own list lacks the second.
 */
const SIGNED_HEADERS = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'In-Reply-To',
  'References',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-Language',
  'List-Id',
  'List-Help',
  'List-Subscribe',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-Post',
  'List-Owner',
  'List-Archive',
  'Auto-Submitted',
  'Feedback-ID',
].join(':');

/**
 * Puts a DKIM signature (RFC 6376, rsa-sha256, relaxed/relaxed) before a message. It names no time,
 * so the same message gets the same bytes.
 * @throws TypeError when the key is none that could sign: nodemailer would send without a signature.
 */
export function dkimSigner(key: DkimKey): (message: Buffer) => Promise<Buffer> {
  const { domainName, keySelector } = key;
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(domainName))
    throw new TypeError('the DKIM domain is not a domain name: write papers.example.org');
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(keySelector))
    throw new TypeError('the DKIM selector is not a name: write what stands before ._domainkey');
  const privateKey = checked(key.privateKey);
  const dkim = new DKIM({ domainName, keySelector, privateKey, headerFieldNames: SIGNED_HEADERS });
  return async (message) => {
    const chunks: Buffer[] = [];
    for await (const chunk of dkim.sign(message)) chunks.push(chunk);
    const signed = Buffer.concat(chunks);
    if (!signed.subarray(0, 15).equals(Buffer.from('DKIM-Signature:')))
      throw new Error('nodemailer did not sign the message');
    return signed;
  };
}

function checked(pem: string): string {
  const key = parsed(pem);
  if (key?.asymmetricKeyType !== 'rsa')
    throw new TypeError('the DKIM key is no private RSA key in PEM: -----BEGIN PRIVATE KEY-----');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MODULUS_BITS_MIN)
    throw new TypeError(`the DKIM key is shorter than ${MODULUS_BITS_MIN} bits: make one of 2048`);
  return pem;
}

/** Without its cause, whose message may quote the key. */
function parsed(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
