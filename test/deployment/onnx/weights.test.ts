import { describe, expect, test } from 'vitest';
import { newGraph } from '../../../src/deployment/onnx/graph.js';
import { addWeight } from '../../../src/deployment/onnx/weights.js';

/** The integers and scales of each output of a dense layer with two inputs and 8-bit weights. */
function written(scale: number, factor?: readonly number[]) {
  const outputs = factor?.length ?? 1;
  const values = Int8Array.from({ length: 2 * outputs }, (_, at) => (at < outputs ? 3 : -5));
  const weight = { shape: [2, outputs], values };
  const graph = newGraph([]);
  addWeight(graph, 'w', { weight, scale, factor, bits: 8 }, 21);
  const [integers, scales] = graph.initializers.map(({ rawData }) => rawData.slice().buffer);
  if (!integers || !scales) throw new Error('nothing was written');
  return { integers: [...new Int8Array(integers)], scales: [...new Float32Array(scales)] };
}

describe('weights in an ONNX file', () => {
  test('have positive scales; a negative factor flips the sign of the integers', () => {
    expect(written(0.5, [2, -4])).toEqual({ integers: [3, -3, -5, 5], scales: [1, 2] });
    expect(written(0.5)).toEqual({ integers: [3, -5], scales: [0.5] });
  });

  test('are 0 if their factor is 0 or their scale underflows float32', () => {
    expect(written(0.5, [0, 1])).toEqual({ integers: [0, 3, 0, -5], scales: [1, 0.5] });
    expect(written(1e-30, [1e-20, -1e-20])).toEqual({ integers: [0, 0, 0, 0], scales: [1, 1] });
    expect(written(1e-50)).toEqual({ integers: [0, 0], scales: [1] });
  });

  test.each([NaN, Infinity])('are refused with the factor %f', (factor) => {
    expect(() => written(0.5, [factor, 1])).toThrow('onnx: a scale of w is not finite');
  });
});
