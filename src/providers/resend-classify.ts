import { z } from 'zod';
import type { Outcome } from '../domain/outcome.ts';
import { brief } from './brief.ts';

/** What came back for one batch request. */
export interface Answer {
  /** `null` when no answer came at all; `body` then says what is known of the reason. */
  readonly status: number | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As far as it could be read. */
  readonly body: string;
  /** How many emails the request carried. */
  readonly emails: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Statuses that no other slice would escape either: key, plan, address of the service, law. */
const HALTING_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 426, 451]);

/** The same, where Resend says it under a status that it also uses for a bad email. */
const HALTING_NAMES: ReadonlySet<string> = new Set([
  'missing_api_key',
  'invalid_api_key',
  'restricted_api_key',
  'invalid_from_address',
  'invalid_idempotency_key',
  'security_error',
]);

const Sent = z.object({
  data: z.array(z.object({ id: z.string().min(1) })),
  /** Permissive validation: what was left out of `data`, by its place in the request. */
  errors: z
    .array(z.object({ index: z.number().int().min(0), message: z.string().catch('') }))
    .catch([]),
});

const Problem = z.object({
  name: z.string().catch(''),
  type: z.string().catch(''),
  message: z.string().catch(''),
  errors: z.array(z.object({ index: z.number() })).catch([]),
});
type Problem = z.infer<typeof Problem>;

/**
 * What Resend's answer means for the slice. The HTTP status decides; the body, whose shape varies,
 * only refines. Whatever may have been accepted is `unknown`, never `refused`.
 */
export function classify(answer: Answer): Outcome {
  const { status } = answer;
  if (status === null) return { kind: 'unknown', why: brief(answer.body || 'no answer') };
  if (status >= 200 && status < 300) return accepted(answer, status);
  const problem = Problem.safeParse(json(answer.body)).data ?? Problem.parse({});
  const name = problem.name || problem.type;
  const why = brief([`HTTP ${status}`, name, problem.message].filter(Boolean).join(': '));
  if (status < 200 || status >= 500 || status === 408 || status === 425)
    return { kind: 'unknown', why, ...retryAfter(answer) };
  if (status < 400)
    return { kind: 'halted', why: `HTTP ${status}, a redirect: correct the base URL of Resend` };
  if (status === 409) return conflict(answer, name, problem.message, why);
  if (status === 429) return throttled(answer, name, problem.message, why);
  if (
    HALTING_STATUSES.has(status) ||
    HALTING_NAMES.has(name) ||
    /domain is not verified|verify (?:a|your) domain/i.test(problem.message)
  )
    return { kind: 'halted', why };
  return { kind: 'refused', why, culprits: culprits(problem, answer.emails) };
}

function accepted({ body, emails }: Answer, status: number): Outcome {
  const sent = Sent.safeParse(json(body)).data;
  const ids = sent?.data.map(({ id }) => id);
  if (ids?.length === emails) return { kind: 'submitted', providerIds: ids };
  const refusals = (sent?.errors ?? [])
    .map(({ index, message }) => ({ index, why: brief(message || `HTTP ${status}: left out`) }))
    .sort((a, b) => a.index - b.index);
  const places = new Set(refusals.map(({ index }) => index).filter((index) => index < emails));
  if (ids !== undefined && places.size === refusals.length && ids.length + places.size === emails) {
    return { kind: 'partly', providerIds: ids, refusals };
  }
  return {
    kind: 'unknown',
    why: `HTTP ${status} with ${ids?.length ?? 'no'} readable ids for ${emails} emails`,
  };
}

function conflict(answer: Answer, name: string, message: string, why: string): Outcome {
  if (
    name === 'invalid_idempotent_request' ||
    (name !== 'concurrent_idempotent_requests' && /different|already been used/i.test(message))
  )
    return {
      kind: 'conflict',
      why: `our key was accepted earlier with other bytes: look up what was sent (${why})`,
    };
  const delayMs = delay(answer.headers, 'retry-after') ?? 2 * SECOND;
  const retryAfterMs = clamp(delayMs, SECOND, 5 * SECOND);
  return { kind: 'unknown', why, retryAfterMs, scope: 'slice' };
}

function throttled(answer: Answer, name: string, message: string, why: string): Outcome {
  const { headers } = answer;
  const quota = /(?:daily|monthly).*quota/i.exec(name || message)?.[0].toLowerCase();
  if (quota !== undefined) {
    // Resend puts the seconds of its rate limit into retry-after as well: hence the floor.
    const probeMs = quota.startsWith('daily') ? HOUR : 6 * HOUR;
    const delayMs = delay(headers, 'retry-after') ?? probeMs;
    return { kind: 'halted', why, retryAfterMs: clamp(delayMs, MINUTE, 24 * HOUR) };
  }
  const delays = [delay(headers, 'retry-after'), delay(headers, 'ratelimit-reset')];
  const longestMs = Math.max(...delays.map((delayMs) => delayMs ?? SECOND));
  return { kind: 'busy', why, retryAfterMs: clamp(longestMs, SECOND, HOUR) };
}

function retryAfter({ headers }: Answer): { retryAfterMs?: number } {
  const delayMs = delay(headers, 'retry-after');
  return delayMs === undefined ? {} : { retryAfterMs: clamp(delayMs, SECOND, HOUR) };
}

/** Seconds, or an HTTP date, which is measured against the answer's own Date. In ms. */
function delay(headers: Answer['headers'], name: string): number | undefined {
  const value = headers[name]?.trim() ?? '';
  const [, seconds] = /^(\d{1,15}(?:\.\d{1,9})?)(?:$|[;,])/.exec(value) ?? [];
  if (seconds !== undefined) return Number(seconds) * SECOND;
  const ms = value.endsWith('GMT')
    ? Date.parse(value) - Date.parse(headers.date ?? '')
    : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function clamp(ms: number, min: number, max: number): number {
  return Math.ceil(Math.min(Math.max(ms, min), max));
}

/** `errors[].index`, or `emails[3].to`, `emails.3.to`, `[3].to`, `index 3` in the message. */
function culprits({ errors, message }: Problem, emails: number): number[] {
  const named = message
    .slice(0, 10_000)
    .matchAll(
      /(?:\b(?:emails?|batch|data)|^|[\s`'"])\[(\d{1,3})\]|\b(?:emails|batch|data)\.(\d{1,3})\b|\bindex[\s:=]{1,3}(\d{1,3})\b/gi,
    );
  const indexes = [
    ...errors.map(({ index }) => index),
    ...Array.from(named, ([, bracketed, dotted, spelled]) =>
      Number(bracketed ?? dotted ?? spelled),
    ),
  ];
  return [...new Set(indexes)]
    .filter((index) => Number.isInteger(index) && index >= 0 && index < emails)
    .sort((a, b) => a - b);
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
