import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.js';
import {
  classLabels,
  distilled,
  softLabels,
  type Objective,
} from '../../src/training/objective.js';
import { centralDifferences, expectClose } from '../bayesian-bits/differences.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const [batch, classes] = [3, 4];
const stream = randomStream(7, 'objective');
const numbers = (count: number) => Array.from({ length: count }, () => 2 * stream.normal());
const logits = numbers(batch * classes);
const teacher = numbers(batch * classes);
/** Probabilities, row by row. */
const targets = [0.7, 0.1, 0.1, 0.1, 0, 0, 1, 0, 0.25, 0.15, 0.2, 0.4];
const settings = { temperature: 3, weight: 0.8 };

const softmax = (row: readonly number[], temperature = 1) => {
  const powers = row.map((value) => Math.exp(value / temperature));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
};
const rows = (values: readonly number[]) =>
  Array.from({ length: batch }, (_, row) => values.slice(row * classes, (row + 1) * classes));
const meanOf = (of: (row: number) => number) =>
  rows(logits).reduce((sum, _, row) => sum + of(row), 0) / batch;
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? NaN), 0);
const log = (values: readonly number[]) => values.map(Math.log);

/** The equations, in plain numbers. */
const crossEntropy = (logits: readonly number[]) =>
  meanOf((row) => -dot(rows(targets)[row] ?? [], log(softmax(rows(logits)[row] ?? []))));
function divergence(logits: readonly number[]): number {
  const { temperature } = settings;
  return meanOf((row) => {
    const taught = softmax(rows(teacher)[row] ?? [], temperature);
    const own = softmax(rows(logits)[row] ?? [], temperature);
    return dot(taught, log(taught)) - dot(taught, log(own));
  });
}
const distillation = (logits: readonly number[]) =>
  (1 - settings.weight) * crossEntropy(logits) +
  settings.weight * settings.temperature ** 2 * divergence(logits);

/** Loss, number of correct images, and the loss's gradient with respect to the logits. */
function found(objective: Objective, expected: readonly number[]) {
  return tf.tidy(() => {
    const { shape, dtype } = objective.expected(batch, classes);
    const given = tf.tensor([...expected], [...shape], dtype);
    const { value, grads } = tf.valueAndGrads((x) => objective.loss(x, given))(
      [tf.tensor(logits, [batch, classes])],
      tf.tensor1d([1, 0]),
    );
    const [loss = NaN, correct = NaN] = value.dataSync();
    return { loss, correct, gradient: grads[0]?.dataSync() ?? [] };
  });
}

const largestAt = (values: readonly number[]) => values.indexOf(Math.max(...values));
const correct = rows(logits).filter(
  (row, index) => largestAt(row) === largestAt(rows(targets)[index] ?? []),
).length;

describe('soft labels', () => {
  test('give a cross entropy that matches its definition, and its gradient', () => {
    const { loss, gradient, ...counted } = found(softLabels, targets);
    expect(loss).toBeCloseTo(crossEntropy(logits), 5);
    expect(counted).toEqual({ correct });
    expectClose(gradient, centralDifferences(crossEntropy, logits), 1e-5);
  });

  test('equal class labels if they are one-hot', () => {
    const labels = [2, 0, 3];
    const certain = labels.flatMap((label) =>
      Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0)),
    );
    expect(found(softLabels, certain)).toEqual(found(classLabels, labels));
  });
});

describe('a teacher', () => {
  const both = rows(targets).flatMap((row, index) => [...row, ...(rows(teacher)[index] ?? [])]);

  test('is distilled at a temperature, together with the labels', () => {
    const { loss, gradient, ...counted } = found(distilled(settings), both);
    expect(loss).toBeCloseTo(distillation(logits), 4);
    expect(counted).toEqual({ correct });
    expectClose(gradient, centralDifferences(distillation, logits), 1e-5);
  });

  test('with the same logits costs nothing', () => {
    const own = rows(targets).flatMap((row, index) => [...row, ...(rows(logits)[index] ?? [])]);
    const { loss, gradient } = found(distilled({ temperature: 2, weight: 1 }), own);
    expect(loss).toBeCloseTo(0, 6);
    expectClose(gradient, new Float32Array(batch * classes), 0);
  });
});
