import { z } from 'zod';

const BATCH_MAX = 100;
const TO_MAX = 50;

/** An email as it stands in the request. */
export const Item = z.object({
  from: z.string(),
  to: z.union([z.string(), z.array(z.string())]),
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});
export type Item = z.infer<typeof Item>;

/** Why a request, or one of its emails, is not taken. */
export interface Problem {
  readonly status: number;
  readonly name: string;
  readonly message: string;
}

export interface Invalid extends Problem {
  readonly index: number;
}

/** The batch, sorted into what could be sent and what could not; or why there is no batch at all. */
export function validate(
  body: string,
  unverifiedDomains: readonly string[],
): Problem | { readonly items: readonly Item[]; readonly invalid: readonly Invalid[] } {
  let batch: unknown;
  try {
    batch = JSON.parse(body);
  } catch {
    return refusal('The request body is not valid JSON', 400);
  }
  if (!Array.isArray(batch)) return refusal('The `request.body` field must be an `array`');
  if (batch.length < 1 || batch.length > BATCH_MAX)
    return refusal(`A batch holds 1 to ${BATCH_MAX} emails`);
  const invalid: Invalid[] = [];
  const items = batch.map((raw: unknown, index) => {
    const item = Item.safeParse(raw).data;
    const found = item === undefined ? shapeOf(raw, index) : flawOf(item, index, unverifiedDomains);
    if (found !== undefined) invalid.push({ index, ...found });
    return item;
  });
  return { items: items as Item[], invalid };
}

function shapeOf(raw: unknown, index: number): Problem {
  const issue = Item.safeParse(raw).error?.issues[0];
  const field = issue?.path.join('.') ?? '';
  const missing = typeof raw === 'object' && raw !== null && !(field in raw);
  return missing
    ? {
        status: 422,
        name: 'missing_required_field',
        message: `Missing \`emails[${index}].${field}\` field`,
      }
    : refusal(`Invalid \`emails[${index}].${field}\` field`);
}

function flawOf(
  item: Item,
  index: number,
  unverifiedDomains: readonly string[],
): Problem | undefined {
  const invalidField = (field: string, why: string) =>
    refusal(`Invalid \`emails[${index}].${field}\` field. ${why}`);
  const format = 'Write it as `email@example.com` or `Name <email@example.com>`';
  const to = [item.to].flat();
  const domain = domainOf(item.from);
  if (domain === undefined) return invalidField('from', format);
  if (unverifiedDomains.includes(domain))
    return refusal(`The ${domain} domain is not verified`, 403);
  if (to.length < 1 || to.length > TO_MAX) return invalidField('to', `1 to ${TO_MAX} addresses`);
  if (to.some((address) => domainOf(address) === undefined)) return invalidField('to', format);
  if (/[\r\n]/.test(item.subject)) return invalidField('subject', 'No line break is allowed');
  if (Object.entries(item.headers ?? {}).some((pair) => /[\r\n]/.test(pair.join(''))))
    return invalidField('headers', 'No line break is allowed');
  if (item.html === undefined && item.text === undefined)
    return {
      status: 422,
      name: 'missing_required_field',
      message: 'Missing `html` or `text` field',
    };
  return undefined;
}

/** The domain of `email@example.com` or `Name <email@example.com>`; nothing when it is neither. */
function domainOf(address: string): string | undefined {
  const inner = /^[^<>\r\n]*<([^<>]*)>$/.exec(address)?.[1] ?? address;
  return /^[^\s<>,;"@]+@([^\s<>,;"@]+\.[^\s<>,;"@]+)$/.exec(inner)?.[1]?.toLowerCase();
}

function refusal(message: string, status = 422): Problem {
  return { status, name: 'validation_error', message };
}
