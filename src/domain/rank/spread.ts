/**
 * Divides numbers by their standard deviation and multiplies them by a weight, in place, so that parts of a
 * score can be added up whatever they are measured in. Numbers that have no zero of their own are taken from
 * their mean.
 * @returns what they were multiplied by.
 * @param order in which they are summed: one of the papers' own, so that the input's leaves no trace.
 * @param least the deviation that is taken for a smaller one: a pool of one paper, or of nothing that differs.
 */
export function spread(
  values: Float64Array,
  order: Uint32Array,
  weight: number,
  { centred, least }: { readonly centred: boolean; readonly least: number },
): number {
  const count = values.length;
  if (count === 0) return 1;
  let sum = 0;
  for (let at = 0; at < count; at++) sum += values[order[at] as number] as number;
  const mean = sum / count;
  let square = 0;
  for (let at = 0; at < count; at++)
    square += ((values[order[at] as number] as number) - mean) ** 2;
  const factor = weight / Math.max(least, Math.sqrt(square / count));
  const from = centred ? mean : 0;
  for (let at = 0; at < count; at++) values[at] = ((values[at] as number) - from) * factor;
  return factor;
}
