/** The places in handing over a slice at which a process may be made to die; see `npm run chaos`. */
export const failpoints = [
  'before-claim',
  'after-claim',
  'request-left',
  'after-answer',
  'after-record',
] as const;
export type Failpoint = (typeof failpoints)[number];

/** Told at each of the places. */
export type PassFailpoint = (place: Failpoint) => void;

/** Time for a request to be on the wire before the process dies. */
const ON_THE_WIRE_MS = 30;

/**
 * Ends this process like kill -9 at the `nth` passing of one place. Only for fault injection: without
 * a specification nothing ever happens.
 * @param spec `place@nth`, e.g. `after-answer@3`.
 */
export function failpointFrom(spec: { place: Failpoint; nth: number } | undefined): PassFailpoint {
  let passed = 0;
  return (place) => {
    if (place !== spec?.place) return;
    passed += 1;
    if (passed !== spec.nth) return;
    const die = () => process.kill(process.pid, 'SIGKILL');
    if (place === 'request-left') setTimeout(die, ON_THE_WIRE_MS);
    else die();
  };
}
