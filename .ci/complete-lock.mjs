// Adds to package-lock.json the platform packages that the registry of this machine does not serve:
// without an entry for them `npm ci` refuses the whole lock ("Missing: ... from lock file").
import { readFileSync, writeFileSync } from 'node:fs';
const one = (name, of) => of.find((word) => new RegExp(`(^|[-/])${word}(-|$)`).test(name));
function platform(name) {
  const os = one(name, ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
  const cpu = one(name, ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']);
  if (!os || !cpu) throw new Error(`which platform is ${name} for?`);
  const libc = /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined;
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] };
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { packages } = lock;
const added = [];
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (packages[key] || packages[`${path}/${key}`]) continue;
    packages[key] = { version, ...platform(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    added.push([path, key, version]);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length); console.log(added.map((a) => a.join(' ')).join('\n'));
