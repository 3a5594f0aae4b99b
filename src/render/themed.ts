import { compileHtml } from './handlebars.ts';
import type { Theme } from './theme.ts';

const TOKEN = /\{\{\s*theme\.([\w.]+)\s*\}\}/g;

/**
 * A source with its `{{theme.…}}` filled in, before MJML sees it.
 * @param kind text takes the wordmark as letters, everything else as markup.
 * @throws when the theme has no such field.
 */
export function themed(source: string, theme: Theme, kind: 'html' | 'text'): string {
  const fields = { ...theme, ...measures(theme), wordmark: wordmark(theme, kind) };
  return source.replace(TOKEN, (_, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>(
        (scope, part) =>
          typeof scope === 'object' && scope !== null && Object.hasOwn(scope, part)
            ? Reflect.get(scope, part)
            : undefined,
        fields,
      );
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Error(`no field of the theme is named ${path}`);
    return String(value);
  });
}

/** Line heights and smaller sizes, which follow from the sizes that are chosen. */
function measures({ type, space }: Theme) {
  const line = (size: number, ratio: number) => Math.round(size * ratio);
  return {
    narrow: { sidePx: Math.round(space.sidePx / 2), headingPx: line(type.headingPx, 0.88) },
    line: {
      textPx: line(type.textPx, 1.56),
      titlePx: line(type.titlePx, 1.34),
      leadPx: line(type.titlePx * 1.2, 1.28),
      headingPx: line(type.headingPx, 1.2),
      narrowPx: line(type.headingPx * 0.88, 1.2),
    },
    lead: { titlePx: line(type.titlePx, 1.2) },
    brief: {
      titlePx: Math.max(16, type.titlePx - 3),
      linePx: Math.max(24, line(type.titlePx - 3, 1.38)),
    },
    half: { paperPx: Math.round(space.paperPx / 2) },
  };
}

const LOGO =
  '<img src="{{url}}" width="{{widthPx}}" height="{{heightPx}}" alt="{{name}}" style="display:block;border:0" />';

function wordmark({ name, logo }: Theme, kind: 'html' | 'text'): string {
  if (kind === 'text') return name;
  return compileHtml(logo === null ? '{{name}}' : LOGO)({ ...logo, name });
}
