import type { App } from './app.ts';

/** How long a lease lasts, and how often and how it is renewed. */
interface Renewal {
  readonly leaseMs: number;
  readonly everyMs: number;
  renew(until: Date): Promise<void>;
}

/** Renews a lease for as long as the work takes that it is held for. */
export async function whileHeld<T>(
  app: Pick<App, 'now' | 'log'>,
  { leaseMs, everyMs, renew }: Renewal,
  work: () => Promise<T>,
): Promise<T> {
  const renewing = setInterval(() => {
    renew(new Date(app.now().getTime() + leaseMs)).catch((err: unknown) =>
      app.log.warn({ err }, 'lease not renewed'),
    );
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
  }
}
