import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contrast } from '../../src/domain/contrast.ts';
import { renderer } from '../../src/render/render.ts';
import { loadTemplate } from '../../src/render/template.ts';
import { plainTheme, readTheme, ThemeError } from '../../src/render/theme.ts';
import { themed } from '../../src/render/themed.ts';
import { senderOf } from '../../src/sender.ts';
import { candidatesOf, digestInput } from '../support/digest-input.ts';

const templates = new URL('../../templates', import.meta.url).pathname;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'theme-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function read(content: unknown) {
  const path = join(dir, 'theme.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readTheme(path);
}

describe('contrast', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
  ])('of %s on %s is that of WCAG', (one, other, expected) => {
    expect(contrast(one, other)).toBeCloseTo(expected, 2);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });
});

describe('a theme file', () => {
  it('comes with the package, and can be used', () => {
    expect(readTheme(join(templates, 'theme.json')).light.link).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('says what differs, and the rest is as it was', async () => {
    const theme = await read({ name: 'Lab Notes', light: { link: '#7A1FA2' } });
    expect(theme).toEqual({
      ...plainTheme,
      name: 'Lab Notes',
      light: { ...plainTheme.light, link: '#7a1fa2' },
    });
  });

  it.each([
    [
      { light: { quiet: '#a0a0a0' } },
      'light.quiet: #a0a0a0 on card #ffffff has a contrast of 2.61',
    ],
    [{ dark: { card: '#6b7280' } }, 'dark.quiet: #9da7b3 on card #6b7280'],
    [{ light: { link: 'blue' } }, 'light.link: expected a colour such as #0b3d91'],
    [{ type: { text: 'x;}</style>' } }, 'type.text: expected font families'],
    [{ type: { text: 'url(//evil)' } }, 'type.text: expected font families'],
    [{ type: { titlePx: 200 } }, 'type.titlePx: '],
    [{ name: '<b>x' }, 'name: expected text on one line, without < > { }'],
    [{ name: '{{secret}}' }, 'name: expected text on one line'],
    [{ logo: { url: 'http://x.example/l.png', widthPx: 100, heightPx: 40 } }, 'logo.url: expected'],
    [{ colour: '#000000' }, 'colour'],
    ['{', 'theme.json: '],
  ])('%j is refused, with its field', async (content, message) => {
    const reading = read(content);
    await expect(reading).rejects.toBeInstanceOf(ThemeError);
    await expect(reading).rejects.toThrow(message);
  });

  it('that is not there says so', () => {
    expect(() => readTheme(join(dir, 'none.json'))).toThrow('none.json');
  });
});

describe('a template', () => {
  it('takes colours, sizes and the wordmark from the theme, escaped in HTML alone', async () => {
    const theme = await read({ name: "R&D's Notes", light: { link: '#7a1fa2' } });
    const template = await loadTemplate(templates, 'digest', undefined, theme);
    const { html = '', text } = renderer(template)(digestInput(candidatesOf(2)));
    expect(html).toContain('R&amp;D&#x27;s Notes');
    expect(html).toContain('color:#7a1fa2');
    expect(html).not.toContain(plainTheme.light.link);
    expect(text.startsWith("R&D's Notes")).toBe(true);
  });

  it('shows a logo instead, named for who sees no pictures', async () => {
    const logo = { url: 'https://lab.example/logo.png', widthPx: 120, heightPx: 40 };
    const theme = await read({ name: 'Lab', logo });
    const { sources } = await loadTemplate(templates, 'digest', undefined, theme);
    expect(sources.html).toMatch(
      /<img src="https:\/\/lab\.example\/logo\.png" width="120" height="40" alt="Lab"/,
    );
    expect(sources.text.startsWith('Lab')).toBe(true);
  });

  it('is pinned with it: another theme is another version', async () => {
    const theme = await read({ space: { paperPx: 30 } });
    const [plain, other] = await Promise.all([
      loadTemplate(templates, 'digest'),
      loadTemplate(templates, 'digest', undefined, theme),
    ]);
    expect(other.version).not.toBe(plain.version);
  });

  it('that names what no theme has is refused', () => {
    expect(() => themed('{{theme.light.pink}}', plainTheme, 'html')).toThrow(
      'no field of the theme is named light.pink',
    );
    expect(() => themed('{{theme.constructor.name}}', plainTheme, 'html')).toThrow('named');
    expect(() => themed('{{theme.light}}', plainTheme, 'html')).toThrow('named light');
  });
});

describe('the sender', () => {
  const config = {
    from: 'Paperboy <digest@papers.example.org>',
    baseUrl: 'https://papers.example.org',
    postalAddress: '',
    mail: { kind: 'outbox', dir: undefined } as const,
  };

  it('is what the environment says, and where the theme says something, that', () => {
    expect(senderOf(config, plainTheme)).toMatchObject({ from: config.from, brand: 'Paperboy' });
    const theme = { ...plainTheme, sender: 'Lab, Notes', postalAddress: '1 Lab Street' };
    expect(senderOf(config, theme)).toMatchObject({
      from: '"Lab, Notes" <digest@papers.example.org>',
      postalAddress: '1 Lab Street',
    });
  });

  it('needs a postal address before real emails leave', () => {
    const real = {
      ...config,
      mail: { kind: 'resend', apiKey: 're_x', baseUrl: undefined } as const,
    };
    expect(() => senderOf(real, plainTheme)).toThrow('PAPERBOY_POSTAL_ADDRESS');
    expect(senderOf(real, { ...plainTheme, postalAddress: '1 Lab Street' }).postalAddress).toBe(
      '1 Lab Street',
    );
  });
});
