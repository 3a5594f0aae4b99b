import { Presets, SingleBar } from 'cli-progress';

/** A bar on standard error, when that is a terminal; silent otherwise. */
export interface Progress {
  at(value: number, total: number): void;
  stop(): void;
}

export function progress(label: string): Progress {
  if (!process.stderr.isTTY) return { at: () => {}, stop: () => {} };
  const bar = new SingleBar(
    { format: `${label} {bar} {value}/{total}`, stream: process.stderr, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    at: (value, total) => {
      bar.setTotal(Math.max(1, total));
      bar.update(value);
    },
    stop: () => bar.stop(),
  };
}
