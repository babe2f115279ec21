import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed } from '../../src/deployment/packing.js';
import { integerTensor } from '../../src/deployment/onnx/tensors.js';
import { unpacked } from '../helpers/read-export.js';

test.each([2, 4] as const)(
  'signed integers of %i bits are unpacked as they were packed',
  (bits) => {
    const value = fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const bytes = packed(values, bits);
        expect(bytes).toHaveLength(Math.ceil((values.length * bits) / 8));
        const found = Array.from(unpacked(bytes, bits));
        expect(found.slice(0, values.length)).toEqual(values);
        // Padding of the last byte.
        expect(found.slice(values.length).every((each) => each === 0)).toBe(true);
      }),
    );
  },
);

test('integers of 8 and 16 bits are stored as little-endian typed arrays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })), (values) => {
      const view = new DataView(packed(values, 16).buffer);
      expect(values.map((_, at) => view.getInt16(2 * at, true))).toEqual(values);
      const low = values.map((value) => (value << 24) >> 24);
      expect(Array.from(new Int8Array(packed(low, 8).buffer))).toEqual(low);
    }),
  );
});

test('the first number is in the lowest bits', () => {
  expect(Array.from(packed([1, -1, 0, -2, 1], 2))).toEqual([0b10_00_11_01, 0b01]);
  expect(Array.from(packed([1, -7], 4))).toEqual([0b1001_0001]);
});

test('a number outside the range of its ONNX type is a bug', () => {
  const type = { bits: 4, signed: true } as const;
  expect(() => integerTensor([1], [8], type)).toThrow('8 is not a signed 4-bit integer');
  expect(() => integerTensor([1], [0.5], type)).toThrow('0.5 is not a signed 4-bit integer');
  expect(() => integerTensor([1], [-1], { bits: 2, signed: false })).toThrow(
    '-1 is not an unsigned 2-bit integer',
  );
});
