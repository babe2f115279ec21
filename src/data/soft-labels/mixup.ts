import { shuffled, type RandomStream } from '../../random.js';

/** A batch's images, of so many numbers each, and the probabilities of their classes. */
export interface SoftBatch {
  readonly images: Float32Array;
  readonly targets: Float32Array;
}

/**
 * Mixup (Zhang et al., ICLR 2018): every image of a batch with another one of it, and their targets likewise,
 *
 *     x' = lambda x + (1 - lambda) x_partner,   t' = lambda t + (1 - lambda) t_partner,   lambda ~ Beta(alpha, alpha)
 *
 * with one lambda for the batch and partners by a random permutation. Draws lambda, then the permutation.
 */
export function mixup(
  { images, targets }: SoftBatch,
  count: number,
  alpha: number,
  stream: RandomStream,
): SoftBatch {
  const lambda = symmetricBeta(alpha, stream);
  const partners = shuffled(count, stream);
  return { images: mixed(images, partners, lambda), targets: mixed(targets, partners, lambda) };
}

function mixed(values: Float32Array, partners: Uint32Array, lambda: number): Float32Array {
  const size = values.length / partners.length;
  const result = new Float32Array(values.length);
  partners.forEach((partner, row) => {
    for (let at = 0; at < size; at++) {
      const [own, other] = [values[row * size + at] ?? NaN, values[partner * size + at] ?? NaN];
      result[row * size + at] = lambda * own + (1 - lambda) * other;
    }
  });
  return result;
}

/**
 * A draw of Beta(alpha, alpha), by Jöhnk's method (Metrika 1964): `a / (a + b)` of `a = u^(1/alpha)` and
 * `b = v^(1/alpha)`, uniform u and v, until a + b is at most 1.
 *
 * @param alpha from 0.01 to 1: above, draws are refused more and more often
 */
export function symmetricBeta(alpha: number, stream: RandomStream): number {
  for (;;) {
    const a = stream.uniform() ** (1 / alpha);
    const b = stream.uniform() ** (1 / alpha);
    // Both may be too small for a number.
    if (a + b > 0 && a + b <= 1) return a / (a + b);
  }
}
