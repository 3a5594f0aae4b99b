import { EmailAddress } from '../domain/address.ts';
import { UsageError } from './command.ts';

/** The address that an argument names. @throws UsageError when it is none. */
export function addressFrom(text: string): string {
  const email = EmailAddress.safeParse(text);
  if (!email.success)
    throw new UsageError(`email: ${email.error.issues[0]?.message}, but it is "${text}"`);
  return email.data;
}
