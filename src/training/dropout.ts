import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from '../compile/entry.js';
import type { Plan } from '../nn/plan.js';
import { product } from '../nn/shapes.js';
import type { RandomStream } from '../random.js';

/** The random stream of a step's masks, derived from the step's number, so that it needs no saved state. */
export type DropoutNoise = (step: number) => RandomStream;

/** The feed of dropout layers in a step: the masks of each image, concatenated. */
export function dropoutSpec({ dropouts }: Plan, batchSize: number): Record<'dropout', TensorSpec> {
  const length = sizes({ dropouts }).reduce((sum, size) => sum + size, 0);
  const spec = { shape: [batchSize, length], dtype: 'float32' } as const;
  return (dropouts.length > 0 ? { dropout: spec } : {}) as Record<'dropout', TensorSpec>;
}

/** Draw a step's masks. @throws Error if the network has dropout layers and no stream is given */
export function dropoutMasks(
  plan: Plan,
  batchSize: number,
  step: number,
  noise: DropoutNoise | undefined,
): { dropout?: tf.Tensor } {
  if (plan.dropouts.length === 0) return {};
  if (!noise) throw new Error('dropout: a network with dropout layers is trained without noise');
  return { dropout: drawDropout(plan, batchSize, noise(step)) };
}

/**
 * A step's masks, shape [batch, length]: 0 with probability `rate`, else `1 / (1 - rate)`, which preserves
 * the mean.
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

/** The masks of each dropout layer, shape [batch, ...]; undefined without dropout layers. */
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
