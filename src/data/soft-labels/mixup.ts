import { shuffled, type RandomStream } from '../../random.js';

/** A batch's images, and the probabilities of their classes, shape [batch, classes]. */
export interface SoftBatch {
  readonly images: Float32Array;
  readonly targets: Float32Array;
}

/**
 * Mixup (Zhang et al., ICLR 2018): mix each image of a batch, and its target, with another of the batch:
 *
 *     x' = lambda x + (1 - lambda) x_partner,   t' = lambda t + (1 - lambda) t_partner,   lambda ~ Beta(alpha, alpha)
 *
 * with one lambda per batch and partners from a random permutation. Draws lambda, then the permutation.
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
 * Draw from Beta(alpha, alpha) by Jöhnk's method (Metrika 1964): `a / (a + b)` with `a = u^(1/alpha)`,
 * `b = v^(1/alpha)` and uniform u, v, repeated until a + b is at most 1.
 *
 * @param alpha from 0.01 to 1; a larger alpha rejects more draws
 */
export function symmetricBeta(alpha: number, stream: RandomStream): number {
  for (;;) {
    const a = stream.uniform() ** (1 / alpha);
    const b = stream.uniform() ** (1 / alpha);
    // Both may underflow.
    if (a + b > 0 && a + b <= 1) return a / (a + b);
  }
}
