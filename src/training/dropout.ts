import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../compile/entry.js';
import type { Plan } from '../nn/plan.js';
import { product } from '../nn/shapes.js';
import type { RandomStream } from '../random.js';

/** The stream that the masks of a step are drawn from, by its number: nothing of it has to be kept. */
export type DropoutNoise = (step: number) => RandomStream;

/** What a step is given besides where the network has dropouts: the masks of each image in a row. */
export function dropoutSpec({ dropouts }: Plan, batchSize: number): Record<'dropout', TensorSpec> {
  const length = sizes({ dropouts }).reduce((sum, size) => sum + size, 0);
  const spec = { shape: [batchSize, length], dtype: 'float32' } as const;
  return (dropouts.length > 0 ? { dropout: spec } : {}) as Record<'dropout', TensorSpec>;
}

/** What a step is given of it, by its number. @throws Error where the network has dropouts and no noise */
export function dropoutMasks(
  plan: Plan,
  batchSize: number,
  step: number,
  noise: DropoutNoise | undefined,
): { dropout?: tf.Tensor } {
  if (plan.dropouts.length === 0) return {};
  if (!noise) throw new Error('dropout: a network with dropouts is trained without noise');
  return { dropout: drawDropout(plan, batchSize, noise(step)) };
}

/**
 * The masks of a step: 0 with the probability `rate`, else `1 / (1 - rate)`, so that the mean of what they
 * multiply stays the same.
 */
export function drawDropout(
  { dropouts }: Plan,
  batchSize: number,
  stream: RandomStream,
): tf.Tensor {
  const rows = Array.from({ length: batchSize }, () =>
    dropouts.map(({ rate, shape }) =>
      Float32Array.from(stream.uniforms(product(shape)), (u) => (u < rate ? 0 : 1 / (1 - rate))),
    ),
  ).flat();
  const length = rows.reduce((sum, row) => sum + row.length, 0);
  const values = new Float32Array(length);
  let at = 0;
  for (const row of rows) {
    values.set(row, at);
    at += row.length;
  }
  return tf.tensor(values, [batchSize, length / batchSize]);
}

/** The masks of each dropout, of shape [batch, ...]; undefined where there are none. */
export function masksFrom(
  { dropouts }: Plan,
  packed: tf.Tensor | undefined,
): tf.Tensor[] | undefined {
  if (!packed) return undefined;
  return tf
    .split(packed, sizes({ dropouts }), 1)
    .map((mask, index) => tf.reshape(mask, [-1, ...(dropouts[index]?.shape ?? [])]));
}

function sizes({ dropouts }: Pick<Plan, 'dropouts'>): number[] {
  return dropouts.map(({ shape }) => product(shape));
}
