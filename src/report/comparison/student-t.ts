/** Student's t distribution. */

/**
 * Half the width of the central interval of Student's t that holds a share of the distribution: the quantile
 * (1 + share) / 2, found by bisection of the distribution function.
 *
 * @param degrees of freedom, not necessarily an integer
 */
export function tFactor(share: number, degrees: number): number {
  const key = `${share} ${degrees}`;
  const factor = found.get(key) ?? quantile(share, degrees);
  found.set(key, factor);
  return factor;
}

/** Cached, as most rows have the same number of seeds and each bisection takes a hundred steps. */
const found = new Map<string, number>();

function quantile(share: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (shareWithin(high, degrees) < share) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, degrees) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| <= t) = 1 - I_x(degrees / 2, 1 / 2) with x = degrees / (degrees + t^2) (Abramowitz and Stegun 26.7.1). */
function shareWithin(t: number, degrees: number): number {
  return 1 - incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** Regularized I_x(a, b) (Abramowitz and Stegun 26.5.8 for x below the mean, else by symmetry 26.5.2). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFactor = a * Math.log(x) + b * Math.log(1 - x) - Math.log(a) - logBeta(a, b);
  return Math.exp(logFactor) / fraction(x, a, b);
}

/** The continued fraction 1 + d1 / (1 + d2 / (1 + ...)), evaluated from the end. */
function fraction(x: number, a: number, b: number): number {
  let value = 1;
  for (let m = terms; m >= 1; m--) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m - 1) * (a + b + m - 1) * x) / ((a + 2 * m - 2) * (a + 2 * m - 1));
    value = 1 + odd / (1 + even / value);
  }
  return value;
}

/** More than enough for double precision if x is below the mean. */
const terms = 400;

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series (Abramowitz and Stegun 6.1.41) for z >= 10; Γ(z + 1) = z Γ(z) below. */
function logGamma(z: number): number {
  if (z < 10) return logGamma(z + 1) - Math.log(z);
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5) - 1 / (1680 * z ** 7);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
}
