import { UsageError } from './command.ts';

/** A whole number from the command line. @throws UsageError */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(
    `${option}: expected a whole number from ${min} to ${max}, but it is "${text}"`,
  );
}
