import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/root.ts';

const run = promisify(execFile);

/**
 * Compiles Paperboy as it is installed in production, into a folder of its own: every worker of a
 * run has the same code, whatever is edited meanwhile, and starts in half the time.
 * @returns the `paperboy` program.
 */
export async function buildPaperboy(folder: string): Promise<string> {
  const root = packageRoot();
  await mkdir(folder, { recursive: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const config = join(root, 'tsconfig.build.json');
  const args = [tsc, '-p', config, '--outDir', join(folder, 'dist'), '--sourceMap', 'false'];
  await run(process.execPath, args, { cwd: root }).catch((error: { stdout?: string }) => {
    // What does not compile is another check's affair; what was written may run all the same.
    process.stderr.write(`${error.stdout ?? error}\n`);
  });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of ['templates', 'sample']) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'dist/src/cli/main.js');
}
