/**
 * The natural logarithm of a positive number, by additions and divisions alone. `Math.log` may differ in its last
 * bit between engines, and an order must not hang on that; these operations are exact by IEEE 754.
 * Series of the area tangent, within 1e-15.
 */
export function ln(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) {
    throw new RangeError(`ln needs a positive, finite number, not ${x}.`);
  }
  let exponent = 0;
  let mantissa = x;
  while (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return 2 * s * sum + exponent * Math.LN2;
}

/** 2 to the power of minus a number that is not below zero, by multiplications and additions alone, within 1e-15. */
export function halved(times: number): number {
  if (!(times >= 0)) throw new RangeError(`halved needs a number from 0 on, not ${times}.`);
  const whole = Math.floor(times);
  if (whole > 1_000) return 0;
  const x = -(times - whole) * Math.LN2;
  let sum = 1;
  for (let n = 18; n >= 1; n--) sum = 1 + (x * sum) / n;
  for (let left = whole; left > 0; left--) sum /= 2;
  return sum;
}
