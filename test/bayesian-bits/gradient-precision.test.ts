import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bitWidths } from '../../src/bayesian-bits/gates.js';
import { gateGradients, gateProducts } from '../../src/bayesian-bits/levels.js';
import { quantize } from '../../src/bayesian-bits/quantizer.js';
import { specsOf } from '../../src/compile/check.js';
import { entry } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { modes, modesWithXla, startTestBackend, type Mode } from '../helpers/test-backend.js';
import { seededUniforms } from './differences.js';

beforeAll(startTestBackend);

/** Few, so that sums are longer than those over real weights, of a few thousand inputs each. */
const channels = 100;
const z = [0.9, 0.8, 0.7, 0.6];
const channelGates = Array.from({ length: channels }, (_, channel) => 1 - channel / channels);
const beta = Math.fround(1.37);

/**
 * Compares the gradients of all five gates with double precision: sums over the whole tensor of terms that
 * nearly cancel. As in real gradients, the mean of dy is not 0, so summation errors accumulate.
 */
describe('gradients of the gates', () => {
  const sizes = [1e2, 1e3, 1e4, 1e5, 1e6];
  const cases = [
    ...sizes.flatMap((size) => [true, false].map((signed) => ({ size, signed }))),
    { size: 1e7, signed: false },
  ];

  test.each(cases)(
    'are accurate to 1e-5 of the sum of absolute terms: $size numbers, signed: $signed',
    ({ size, signed }) => {
      // Large tensors repeat a block, so the expected sums are multiples of the block's.
      const block = numbers(Math.min(size, 1e5), signed);
      const times = size / block.x.length;
      const expected = inDoublePrecision(block.x, block.dy, signed);
      const [x, dy] = [repeated(block.x, times), repeated(block.dy, times)];
      // XLA sums sequentially on a CPU, so it is skipped for large tensors.
      const programs = (size > 1e4 ? modes : modesWithXla).flatMap((mode) => [
        { mode, found: gradients(x, dy, signed, mode) },
        { mode, found: withoutOwnKernels(() => gradients(x, dy, signed, mode)) },
      ]);
      for (const { mode, found } of programs) {
        [...found.channels, ...found.bits].forEach((gradient, gate) => {
          const { sum, absolute } = expected[gate] as Sum;
          expect(Math.abs(gradient - times * sum), `${mode}, gate ${gate}`).toBeLessThanOrEqual(
            1e-5 * times * absolute,
          );
        });
      }
    },
  );
});

function gradients(x: Float32Array, dy: Float32Array, signed: boolean, mode: Mode) {
  const shape = [x.length / channels, channels];
  const inputs = {
    x: tf.tensor(x, shape),
    dy: tf.tensor(dy, shape),
    beta: tf.scalar(beta),
    products: tf.tensor1d(gateProducts(z)),
    channelGates: tf.tensor1d(channelGates),
  };
  const program = compile(
    {},
    {
      run: entry(specsOf(inputs), ({ x, dy, beta, products, channelGates }) => {
        const operands = [x, beta, products, channelGates] as tf.Tensor[];
        const { grads } = tf.valueAndGrads((...args) => {
          const [x, beta, products, channelGates] = args as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          return quantize(x, signed, { beta, products, channelGates });
        })(operands, dy);
        const [, , dProducts, dz2] = grads as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return { outputs: { dProducts, dz2 } };
      }),
    },
    { mode },
  );
  const { dProducts, dz2 } = program.run('run', inputs);
  const found = {
    channels: Array.from(dz2.dataSync()),
    bits: gateGradients(z, Array.from(dProducts.dataSync())),
  };
  tf.dispose([Object.values(inputs), dProducts, dz2]);
  program.dispose();
  return found;
}

interface Sum {
  readonly sum: number;
  /** The sum of the terms' magnitudes. */
  readonly absolute: number;
}

/** dL/dz for the channels, then for 4 to 32 bits. */
function inDoublePrecision(x: Float32Array, dy: Float32Array, signed: boolean): Sum[] {
  const sums = [...channelGates, ...z].map((): Sum => ({ sum: 0, absolute: 0 }));
  const add = (gate: number, term: number) => {
    const { sum, absolute } = sums[gate] as Sum;
    sums[gate] = { sum: sum + term, absolute: absolute + Math.abs(term) };
  };
  const outer = gateProducts(z);
  for (let i = 0; i < x.length; i++) {
    const channel = i % channels;
    const residuals = residualsOf(x[i] as number, signed);
    let inner = 0;
    for (let level = 4; level > 0; level--) {
      inner = (residuals[level] as number) + (z[level] ?? 0) * inner;
      const z2 = channelGates[channel] as number;
      add(channels + level - 1, (dy[i] as number) * z2 * (outer[level - 1] as number) * inner);
    }
    let sum = 0;
    for (let level = 0; level < residuals.length; level++) {
      sum += (outer[level] as number) * (residuals[level] as number);
    }
    add(channel, (dy[i] as number) * sum);
  }
  return sums;
}

/** `e_b` of the five levels, exactly; rounding to 32 bits changes nothing in float32. */
function residualsOf(x: number, signed: boolean): number[] {
  const end = Math.fround(beta * Math.fround(1 - 1e-7));
  const clipped = Math.min(Math.max(x, signed ? -end : 0), end);
  let below = 0;
  return bitWidths.map((bits) => {
    const count = 2 ** bits - 1;
    const step = ((signed ? 2 : 1) * beta) / count;
    const most = signed ? (count - 1) / 2 : count;
    const whole = Math.min(Math.max(Math.round(clipped / step), signed ? -most : 0), most);
    const level = bits === 32 ? clipped : whole * step;
    const residual = level - below;
    below = level;
    return residual;
  });
}

function repeated(block: Float32Array, times: number): Float32Array {
  const all = new Float32Array(block.length * times);
  for (let at = 0; at < all.length; at += block.length) all.set(block, at);
  return all;
}

/** Values, a few of them out of range, and gradients; no value is so near a tie that float32 errors decide. */
function numbers(size: number, signed: boolean): { x: Float32Array; dy: Float32Array } {
  const next = seededUniforms(size);
  const steps = [2, 4, 8, 16].map((bits) => ((signed ? 2 : 1) * beta) / (2 ** bits - 1));
  const isNearTie = (x: number) =>
    steps.some((step) => Math.abs(Math.abs((x / step) % 1) - 0.5) < 0.01);
  const x = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    do x[i] = (signed ? 2.2 * next() - 1.1 : 1.2 * next() - 0.1) * beta;
    while (isNearTie(x[i] as number));
  }
  return { x, dy: Float32Array.from(x, () => 2 * next() - 0.7) };
}
