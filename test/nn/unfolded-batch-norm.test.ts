import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  epsilon,
  momentum,
  unfoldedBatchNormTest,
  unfoldedBatchNormTraining,
  type BatchNorm,
} from '../../src/nn/batch-norm.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const channels = 3;
const shapes = { 'after a convolution': [4, 3, 2, channels], 'after a dense layer': [7, channels] };
const cases = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
const random = (shape: number[], low: number, high: number, seed: number) =>
  tf.randomUniform(shape, low, high, 'float32', seed);

const normOf = (scale: tf.Tensor, shift: tf.Tensor): BatchNorm => ({
  scale,
  shift,
  mean: tf.tensor1d([0.5, -1, 2]),
  variance: tf.tensor1d([1, 4, 0.25]),
});

/** The equation, term by term in double precision. */
function reference(
  x: readonly number[],
  scale: readonly number[],
  shift: readonly number[],
  z2: readonly number[],
) {
  const count = x.length / channels;
  const ofChannel = (channel: number) => x.filter((_, at) => at % channels === channel);
  const means = shift.map((_, channel) => ofChannel(channel).reduce((a, b) => a + b) / count);
  const squares = means.map((mean, channel) =>
    ofChannel(channel).reduce((sum, value) => sum + (value - mean) ** 2, 0),
  );
  const at = (values: readonly number[], index: number) => values[index % channels] ?? NaN;
  const y = x.map(
    (value, i) =>
      (at(z2, i) * at(scale, i) * (value - at(means, i))) /
        Math.sqrt(at(squares, i) / count + epsilon) +
      at(shift, i),
  );
  return { y, means, unbiased: squares.map((sum) => sum / (count - 1)) };
}

const valuesOf = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe.each(cases)('unfolded batch norm $name', ({ shape }) => {
  const operands = () => ({
    x: random(shape, -2, 3, 1),
    scale: tf.tensor1d([1.5, -0.7, 0.2]),
    shift: tf.tensor1d([0.1, 2, -0.4]),
    z2: tf.tensor1d([0.5, 1, 0]),
  });

  test('matches its equation, with the mean and biased variance of the batch', () => {
    const { x, scale, shift, z2 } = operands();
    const norm = normOf(scale, shift);
    const { output, statistics } = unfoldedBatchNormTraining(x, norm, z2);
    const [xs, scales, shifts, gates] = [x, scale, shift, z2].map(valuesOf) as [
      number[],
      number[],
      number[],
      number[],
    ];
    const { y, means, unbiased } = reference(xs, scales, shifts, gates);
    expect(output.shape).toEqual(shape);
    valuesOf(output).forEach((value, i) => {
      expect(value).toBeCloseTo(y[i] ?? NaN, 4);
    });
    const running = (old: tf.Tensor, batch: number[]) =>
      valuesOf(old).map((value, i) => (1 - momentum) * value + momentum * (batch[i] ?? NaN));
    running(norm.mean, means).forEach((value, i) => {
      expect(valuesOf(statistics.mean)[i]).toBeCloseTo(value, 5);
    });
    running(norm.variance, unbiased).forEach((value, i) => {
      expect(valuesOf(statistics.variance)[i]).toBeCloseTo(value, 5);
    });
  });

  test('has gradients that match central differences, including z_2 at 0.5 and at 0', () => {
    const { x, scale, shift, z2 } = operands();
    const dy = random(shape, -1, 1, 2);
    const run = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, z2: tf.Tensor) =>
      unfoldedBatchNormTraining(x, normOf(scale, shift), z2).output;
    const inputs = [x, scale, shift, z2];
    const gradients = tf.grads(run)(inputs, dy);

    const weights = valuesOf(dy);
    const values = inputs.map(valuesOf);
    const loss = (changed: number[][]) =>
      reference(...(changed as [number[], number[], number[], number[]])).y.reduce(
        (sum, value, i) => sum + value * (weights[i] ?? NaN),
        0,
      );
    values.forEach((operand, index) => {
      const found = valuesOf(gradients[index] as tf.Tensor);
      operand.forEach((value, i) => {
        const moved = (by: number) =>
          loss(values.map((own, other) => (other === index ? own.with(i, value + by) : own)));
        const h = 1e-5;
        expect(found[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 3);
      });
    });
  });

  test('uses the running statistics at test time; a closed gate leaves the shift', () => {
    const { x, scale, shift, z2 } = operands();
    const norm = normOf(scale, shift);
    const y = valuesOf(unfoldedBatchNormTest(x, norm, z2));
    const [xs, scales, shifts, gates, means, variances] = [
      x,
      scale,
      shift,
      z2,
      norm.mean,
      norm.variance,
    ].map(valuesOf);
    y.forEach((value, i) => {
      const of = (values: number[] | undefined) => values?.[i % channels] ?? NaN;
      const normal = ((xs?.[i] ?? NaN) - of(means)) / Math.sqrt(of(variances) + epsilon);
      expect(value).toBeCloseTo(of(gates) * of(scales) * normal + of(shifts), 4);
    });
  });

  test('leaks no tensors', () => {
    const { x, scale, shift, z2 } = operands();
    const norm = normOf(scale, shift);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      unfoldedBatchNormTraining(x, norm, z2);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
