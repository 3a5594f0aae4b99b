/** The deviation that is taken for a smaller one: a pool of one paper, or of nothing that differs. */
const LEAST = 0.5;

/**
 * Divides numbers by their standard deviation and multiplies them by a weight, in place, so that parts of a
 * score can be added up whatever they are measured in.
 * @param order in which they are summed: one of the papers' own, so that the input's leaves no trace.
 */
export function spread(
  values: Float64Array,
  order: Uint32Array,
  weight: number,
  least: number = LEAST,
): void {
  const factor = weight / Math.max(least, deviation(values, order, meanOf(values, order)));
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) * factor;
}

/** Takes numbers that have no zero of their own from their mean, in place. */
export function centred(values: Float64Array, order: Uint32Array): void {
  const mean = meanOf(values, order);
  for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) - mean;
}

function meanOf(values: Float64Array, order: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[order[at] as number] as number;
  return values.length === 0 ? 0 : sum / values.length;
}

function deviation(values: Float64Array, order: Uint32Array, mean: number): number {
  let square = 0;
  for (let at = 0; at < values.length; at++) {
    square += ((values[order[at] as number] as number) - mean) ** 2;
  }
  return values.length === 0 ? 0 : Math.sqrt(square / values.length);
}
