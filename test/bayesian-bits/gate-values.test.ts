import { expect, test } from 'vitest';
import {
  gateCount,
  isBitGate,
  mapGates,
  packGates,
  plusScaled,
  unpackGates,
} from '../../src/bayesian-bits/gate-values.js';

const gates = { channels: Float64Array.of(1, 2, 3), bits: [4, 5, 6, 7] };
const vector = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
const none = { channels: new Float64Array(0), bits: [4, 5, 6, 7] };

test('are one vector: the channels’ gates, then those of 4 to 32 bits', () => {
  expect(packGates(gates)).toEqual(vector);
  expect(unpackGates(vector)).toEqual(gates);
  expect(unpackGates(packGates(none))).toEqual(none);
  expect([gateCount(3), gateCount(0)]).toEqual([7, 4]);
});

test('belong to channels or bits according to their index', () => {
  const found = Array.from(vector, (_, at) => isBitGate(vector, at));
  expect(found).toEqual([false, false, false, true, true, true, true]);
  expect(isBitGate(packGates(none), 0)).toBe(true);
});

test('are changed one by one', () => {
  expect(mapGates(gates, (value) => 10 * value)).toEqual({
    channels: Float64Array.of(10, 20, 30),
    bits: [40, 50, 60, 70],
  });
});

test('are added with a scale', () => {
  const other = { channels: Float64Array.of(1, -1, 0.5), bits: [2, -2, 0, 8] };
  expect(plusScaled(gates, 3, other)).toEqual({
    channels: Float64Array.of(4, -1, 4.5),
    bits: [10, -1, 6, 31],
  });
});
