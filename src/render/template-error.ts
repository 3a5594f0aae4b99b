/** A template cannot be used: the message names the file, the line where it can, and what to do. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
