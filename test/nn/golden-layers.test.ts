import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { forward, fullPrecision } from '../../src/nn/forward.js';
import type { AveragePool } from '../../src/nn/layers/average-pool.js';
import type { MaxPool } from '../../src/nn/layers/max-pool.js';
import { typeOf } from '../../src/nn/layers/type-of.js';
import { dense, flatten, type Convolution } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { startTestBackend } from '../helpers/test-backend.js';

/** Row-major, in our layouts. */
interface Golden {
  readonly layer: Convolution | MaxPool | AveragePool;
  readonly image: [number, number, number];
  readonly x: number[];
  readonly weight?: number[];
  readonly bias?: number[];
  readonly y: number[];
  readonly dy: number[];
  readonly dx: number[];
  readonly dweight?: number[];
  readonly dbias?: number[];
}

const file = new URL('golden/layers.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Golden[] };
const named = cases.map((golden) => [JSON.stringify(golden.layer), golden] as const);

beforeAll(startTestBackend);

function expectClose(found: tf.Tensor, expected: readonly number[], what: string): void {
  const values = Array.from(found.dataSync());
  expect(values.length, what).toBe(expected.length);
  const worst = Math.max(...values.map((value, at) => Math.abs(value - (expected[at] ?? NaN))));
  expect(worst, what).toBeLessThan(1e-5 * Math.max(1, ...expected.map(Math.abs)));
}

function applied(layer: Golden['layer'], image: Golden['image']) {
  if (layer.type !== 'convolution') {
    const shape = typeOf(layer).outputShape(layer, image);
    return { shape, run: (x: tf.Tensor) => typeOf(layer).apply(layer, x, tf), weight: [] };
  }
  const network = { name: 'golden', layers: [layer, flatten, dense('logits', 2)] };
  const plan = planNetwork(network, image);
  const first = { ...plan, steps: plan.steps.slice(0, 1) };
  const run = (x: tf.Tensor, weight?: tf.Tensor, bias?: tf.Tensor) => {
    const variables = { 'layer/weight': weight, 'layer/bias': bias } as Record<string, tf.Tensor>;
    return forward(first, variables, x, fullPrecision, 'test').logits;
  };
  const [planned] = plan.layers;
  return { shape: planned?.outputShape ?? [], run, weight: plan.variables[0]?.shape ?? [] };
}

describe('layers match the values and gradients of PyTorch', () => {
  test.each(named)('%s', (_, { layer, image, ...golden }) => {
    const { shape, run, weight } = applied(layer, image);
    const operands = [
      tf.tensor(golden.x, [2, ...image]),
      ...(golden.weight ? [tf.tensor(golden.weight, [...weight])] : []),
      ...(golden.bias ? [tf.tensor1d(golden.bias)] : []),
    ];
    const { value, grads } = tf.valueAndGrads((...args) => run(...(args as [tf.Tensor])))(
      operands,
      tf.tensor(golden.dy, [2, ...shape]),
    );
    expect(value.shape).toEqual([2, ...shape]);
    expectClose(value, golden.y, 'y');
    [golden.dx, golden.dweight, golden.dbias].forEach((expected, index) => {
      if (expected) expectClose(grads[index] as tf.Tensor, expected, `gradient ${index}`);
    });
  });
});
