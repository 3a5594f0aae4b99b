import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/root.ts';
import { letters } from './letters.ts';

/**
 * `npm run shots`: the pictures of the documents, made afresh from the templates and the bundled
 * papers. With a folder every email is pictured whole, at 375 and 700 px, light and dark, for looking at.
 */
const CHROMIUM = '/usr/bin/chromium';
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [375, 700] as const;

type Scheme = (typeof SCHEMES)[number];
interface Shot {
  readonly letter: string;
  readonly width: number;
  readonly scheme: Scheme;
  /** Absent: all of it. */
  readonly height?: number;
  readonly file: string;
}

const DOCUMENTED: readonly Shot[] = [
  { letter: 'digest-full', width: 700, scheme: 'light', height: 1200, file: 'digest-light.png' },
  { letter: 'digest-full', width: 700, scheme: 'dark', height: 1200, file: 'digest-dark.png' },
  { letter: 'digest-full', width: 375, scheme: 'light', height: 1200, file: 'digest-phone.png' },
  {
    letter: 'digest-compact',
    width: 700,
    scheme: 'light',
    height: 900,
    file: 'digest-compact.png',
  },
  { letter: 'digest-weekly', width: 700, scheme: 'light', height: 900, file: 'digest-weekly.png' },
  {
    letter: 'digest-weekly',
    width: 375,
    scheme: 'dark',
    height: 900,
    file: 'digest-weekly-phone.png',
  },
  { letter: 'notice-welcome', width: 375, scheme: 'light', height: 560, file: 'digest-notice.png' },
];

const [folder] = process.argv.slice(2);
const root = packageRoot();

if (!existsSync(CHROMIUM)) {
  console.error(`${CHROMIUM} is missing: apt-get install chromium fonts-dejavu-core`);
  process.exit(1);
}
const { chromium } = await import('playwright-core').catch(() => {
  console.error('playwright-core is missing: npm ci');
  process.exit(1);
});

const made = await letters(root);
const shots: readonly Shot[] =
  folder === undefined
    ? DOCUMENTED.map((shot) => ({ ...shot, file: join(root, 'docs', 'images', shot.file) }))
    : made.flatMap(({ name }) =>
        SCHEMES.flatMap((scheme) =>
          WIDTHS.map((width) => ({
            letter: name,
            width,
            scheme,
            file: join(folder, `${name}-${width}-${scheme}.png`),
          })),
        ),
      );
if (folder !== undefined) mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
try {
  // Nothing of an email comes from elsewhere; a page that asks for something gets nothing.
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  for (const { letter, width, scheme, height, file } of shots) {
    const html = made.find(({ name }) => name === letter)?.email.html;
    if (html === undefined) continue; // in the text layout there is nothing to picture
    await page.setViewportSize({ width, height: height ?? 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.setContent(html);
    await page.screenshot({ path: file, fullPage: height === undefined });
    console.log(file);
  }
} finally {
  await browser.close();
}
