import type { App } from '../app.ts';
import type { Digest } from '../domain/digest.ts';
import { TemplateError } from '../render/template-error.ts';

/** Loads the template of a digest. @throws TemplateError that names the digest, the field and the remedy. */
export async function loadDigestTemplate(
  app: Pick<App, 'template'>,
  { name, template }: Digest,
): Promise<void> {
  await app.template(template).catch((cause: Error) => {
    throw new TemplateError(
      `digest "${name}": template "${template}" cannot be used: ${cause.message}\nmend the template, name another one (\`paperboy digests FILE.json\`), or turn the digest off (\`paperboy digests off ${name}\`)`,
      { cause },
    );
  });
}
