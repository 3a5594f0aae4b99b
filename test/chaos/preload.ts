/** Modules that Node runs in a worker before Paperboy; the product knows nothing of them. */

const preload = (...modules: string[]) => ({
  NODE_OPTIONS: modules
    .map((source) => `--import=data:text/javascript,${encodeURIComponent(source)}`)
    .join(' '),
});

/** Tells the event loop's delay twice a second, measured since the last SIGUSR2. */
export const loopProbe = preload(`
import { monitorEventLoopDelay } from 'node:perf_hooks';
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.on('SIGUSR2', () => delay.reset());
setInterval(() => {
  const line = { level: 20, msg: 'event loop', p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  process.stderr.write(JSON.stringify(line) + '\\n');
}, 500).unref();
`);

/** The process lives so much later than everybody else. */
export const later = (ms: number) =>
  preload(`
const Real = Date;
const now = () => Real.now() + ${Math.round(ms)};
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static now() {
    return now();
  }
};
`);
