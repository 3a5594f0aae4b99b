import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CONTRAST_MIN, contrast } from '../domain/contrast.ts';

const Colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'expected a colour such as #0b3d91')
  .transform((colour) => colour.toLowerCase());

/** A list of families as CSS writes it: no address, so no font from elsewhere, and no way out of an attribute. */
const Families = z
  .string()
  .regex(/^[\w\s,'-]{1,200}$/, "expected font families such as Georgia,'Times New Roman',serif");

/** Text without what would end a tag, a placeholder or a header. */
const Words = (charsMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .regex(/^[^<>{}\p{Cc}]*$/u, 'expected text on one line, without < > { }');

const px = (min: number, max: number) => z.number().int().min(min).max(max);

const INKS = ['page', 'card', 'text', 'quiet', 'link', 'reason', 'rule'] as const;
type Ink = (typeof INKS)[number];

/**
 * `page` is around the letter, `card` the letter itself, `quiet` what is less important, `link` also
 * the ground of a notice's button, `reason` why a paper is in the digest. `rule` draws lines, which
 * carry no meaning: any colour will do.
 */
const palette = (...plain: string[]) =>
  z
    .strictObject(
      Object.fromEntries(INKS.map((ink, at) => [ink, Colour.default(plain[at] ?? '')])) as Record<
        Ink,
        z.ZodDefault<typeof Colour>
      >,
    )
    .superRefine((chosen, context) => {
      for (const [ink, ground] of READ) {
        const found = contrast(chosen[ink], chosen[ground]);
        if (found < CONTRAST_MIN)
          context.addIssue({
            code: 'custom',
            path: [ink],
            message: `${chosen[ink]} on ${ground} ${chosen[ground]} has a contrast of ${found.toFixed(2)}, expected ${CONTRAST_MIN} or more: make ${ink} or ${ground} darker or lighter`,
          });
      }
    })
    .prefault({});

/** What is read on what. */
const READ = [
  ['text', 'card'],
  ['quiet', 'card'],
  ['link', 'card'],
  ['reason', 'card'],
  ['text', 'page'],
  ['quiet', 'page'],
  ['link', 'page'],
] as const;

/**
 * The look of every email: what an operator edits without touching MJML. What a file leaves out is
 * as it was. It is compiled into the template, and an edition pins that.
 */
const Theme = z.strictObject({
  /** The wordmark, and what notices call this newspaper. */
  name: Words(40).default('Paperboy'),
  /** A picture instead of the wordmark's letters; the name is its alternative text. */
  logo: z
    .strictObject({
      url: z.string().regex(/^https:\/\/[^\s"'<>{}\\]{3,300}$/, 'expected an https address'),
      widthPx: px(16, 320),
      heightPx: px(16, 120),
    })
    .nullable()
    .default(null),
  /** Name before the sender's address; null: that of PAPERBOY_FROM. */
  sender: Words(60).nullable().default(null),
  /** In every footer; null: PAPERBOY_POSTAL_ADDRESS. */
  postalAddress: Words(300).nullable().default(null),
  type: z
    .strictObject({
      text: Families.default(
        "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
      ),
      /** Of wordmark, headings and titles. */
      display: Families.default("Georgia,'Times New Roman',serif"),
      textPx: px(14, 20).default(16),
      titlePx: px(16, 28).default(20),
      headingPx: px(22, 44).default(32),
    })
    .prefault({}),
  space: z
    .strictObject({
      widthPx: px(480, 760).default(640),
      /** Left and right of the text; on a narrow screen half of it. */
      sidePx: px(20, 64).default(40),
      /** Above and below a paper. */
      paperPx: px(12, 48).default(28),
      cornerPx: px(0, 32).default(14),
    })
    .prefault({}),
  light: palette('#f3f2ee', '#ffffff', '#1d2126', '#5a626c', '#0b3d91', '#1a5c2a', '#dfe1e4'),
  dark: palette('#0d1117', '#161b22', '#e6edf3', '#9da7b3', '#79b8ff', '#7ee787', '#30363d'),
});
export type Theme = z.infer<typeof Theme>;

/** The look without a theme file. */
export const plainTheme: Theme = Theme.parse({});

/** A theme cannot be used: one line for each field, with what is expected. */
export class ThemeError extends Error {
  override readonly name = 'ThemeError';
}

/** Reads a theme file. @throws {ThemeError} */
export function readTheme(path: string): Theme {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ThemeError(`${path}: ${(cause as Error).message}`, { cause });
  }
  const parsed = Theme.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const field = issue.path.join('.');
    return `${path}: ${field === '' ? 'the file' : field}: ${issue.message}`;
  });
  throw new ThemeError(faults.join('\n'));
}
