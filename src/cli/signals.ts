/**
 * Resolves with the name of the first SIGTERM or SIGINT. A second one ends the process at once, as
 * somebody who presses Ctrl-C twice expects.
 */
export function untilAskedToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}
