import type { App } from '../app.ts';
import type { Digest } from '../domain/digest.ts';

/** Loads the template of a digest. @throws when it cannot be used; names the digest, the field and the remedy. */
export async function loadDigestTemplate(
  app: Pick<App, 'template'>,
  { name, template }: Digest,
): Promise<void> {
  await app.template(template).catch((cause: Error) => {
    throw new Error(
      `digest "${name}": template "${template}" cannot be used: ${cause.message}\nmend the template, name another one (\`paperboy digests FILE.json\`), or turn the digest off (\`paperboy digests off ${name}\`)`,
      { cause },
    );
  });
}
