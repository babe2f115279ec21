import { describe, expect, test } from 'vitest';
import {
  learningRateAt,
  scheduled,
  scheduleFactor,
} from '../../../src/training/optimizers/schedule.js';

describe('the learning rate', () => {
  test('as published is constant for two thirds, then falls linearly from epoch to epoch', () => {
    const factors = Array.from({ length: 9 }, (_, epoch) => scheduleFactor('published', epoch, 9));
    expect(factors).toEqual([1, 1, 1, 1, 1, 1, 1, 2 / 3, 1 / 3]);
    expect(scheduleFactor('published', 7.9, 9)).toBe(2 / 3);
    // 100 epochs: min(1, (E - e) / (E - floor(2/3 E))).
    expect(scheduleFactor('published', 66, 100)).toBe(1);
    expect(scheduleFactor('published', 99, 100)).toBe(1 / 34);
  });

  test('may be constant', () => {
    expect([0, 1.5, 9].map((done) => scheduleFactor('constant', done, 10))).toEqual([1, 1, 1]);
  });

  test('may fall linearly or along a cosine, at every step', () => {
    expect(scheduleFactor('linear', 2.5, 10)).toBe(0.75);
    expect(scheduleFactor('linear', 9, 10)).toBeCloseTo(0.1, 12);
    expect(scheduleFactor('cosine', 0, 10)).toBe(1);
    expect(scheduleFactor('cosine', 5, 10)).toBeCloseTo(0.5, 12);
    expect(scheduleFactor('cosine', 10 / 3, 10)).toBeCloseTo(0.75, 12);
    expect(scheduleFactor('cosine', 10, 10)).toBeCloseTo(0, 12);
  });

  test('may fall at milestones', () => {
    const schedule = { milestones: [2, 4], factor: 0.5 };
    const factors = [0, 1.99, 2, 3.5, 4, 9].map((done) => scheduleFactor(schedule, done, 10));
    expect(factors).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });
});

test.each([1, 2, 3, 100])('in %i epochs the rate is never 0', (epochs) => {
  for (const schedule of ['published', 'constant', 'linear', 'cosine'] as const) {
    for (let epoch = 0; epoch < epochs; epoch++) {
      expect(scheduleFactor(schedule, epoch, epochs)).toBeGreaterThan(0);
    }
  }
});

test('a scheduled learning rate follows its factor, any other stays constant', () => {
  const falling = scheduled(0.4, 'linear', 8);
  expect([0, 2, 7.5].map((done) => learningRateAt(falling, done))).toEqual([
    0.4,
    0.75 * 0.4,
    0.025,
  ]);
  expect([0, 2, 7.5].map((done) => learningRateAt(0.4, done))).toEqual([0.4, 0.4, 0.4]);
});
