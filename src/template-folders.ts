import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, ConfigError } from './config.ts';
import { packageRoot } from './root.ts';

/**
 * Where templates are looked for, file by file: in the operator's own folder if there is one, then in
 * the one that comes with Paperboy.
 * @throws ConfigError when the own one is no folder.
 */
export function templateFolders(own: string | undefined): readonly string[] {
  const bundled = join(packageRoot(), 'templates');
  if (own === undefined) return [bundled];
  const folder = resolve(own);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ConfigError(
      `PAPERBOY_TEMPLATES: expected a folder with templates, but ${folder} is none`,
    );
  return [folder, bundled];
}

/** The theme that is configured, else the first `theme.json` of these folders. */
export function themeFile({ theme }: Pick<Config, 'theme'>, folders: readonly string[]): string {
  const files = folders.map((folder) => join(folder, 'theme.json'));
  return theme ?? files.find((file) => existsSync(file)) ?? files.at(-1) ?? '';
}
