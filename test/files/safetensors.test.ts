import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensor,
} from '../../src/files/safetensors.js';

/** Read a file as the format's specification describes. */
function decode(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const { __metadata__: metadata, ...tensors } = header;
  const read = ([name, { dtype, shape, data_offsets }]: (typeof entries)[number]) => {
    const [from, to] = data_offsets.map((offset) => 8 + length + offset) as [number, number];
    const own = bytes.slice(from, to).buffer;
    const values = dtype === 'F64' ? new Float64Array(own) : new Float32Array(own);
    return [name, { shape, values }] as const;
  };
  const entries = Object.entries(tensors);
  const ends = entries.map(([, { data_offsets }]) => data_offsets[1]);
  return {
    metadata,
    tensors: Object.fromEntries(entries.map(read)),
    dataBytes: bytes.length - 8 - length,
    lastEnd: Math.max(0, ...ends),
    headerLength: length,
  };
}

const tensor: fc.Arbitrary<SafeTensor> = fc
  .oneof(fc.float32Array({ maxLength: 9 }), fc.float64Array({ maxLength: 9 }))
  .map((values) => ({ shape: [values.length], values }));

test('every tensor reads back bit for bit, and the data has no gaps', () => {
  fc.assert(
    fc.property(
      // On a plain object, `__proto__` would not become a key.
      fc.dictionary(
        fc.string({ unit: 'grapheme' }).filter((name) => !name.startsWith('__')),
        tensor,
      ),
      (tensors) => {
        const decoded = decode(encodeSafetensors(tensors, { format: 'test' }));
        expect(decoded.metadata).toEqual({ format: 'test' });
        expect(decoded.tensors).toEqual({ ...tensors });
        expect(decoded.lastEnd).toBe(decoded.dataBytes);
        expect(decoded.headerLength % 8).toBe(0);
      },
    ),
  );
});

test('decodes what it encoded, including integers', () => {
  const tensors: Record<string, SafeTensor> = {
    a: { shape: [2, 1], values: Float32Array.of(1, -2.5) },
    b: { shape: [3], values: Int8Array.of(-127, 0, 127) },
    c: { shape: [1], values: Int16Array.of(-32767) },
    d: { shape: [], values: Float64Array.of(1 / 3) },
    none: { shape: [0, 4], values: new Float32Array() },
  };
  const bytes = encodeSafetensors(tensors, { x: 'y' });
  // Buffer.slice shares memory, Uint8Array.slice copies.
  for (const form of [bytes, Buffer.from(bytes)]) {
    expect(Object.fromEntries(decodeSafetensors(form, 'file'))).toEqual(tensors);
  }
});

describe('refuses a malformed file', () => {
  const file = (header: string, data = 8, length = BigInt(header.length)) => {
    const bytes = new Uint8Array(8 + header.length + data);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    bytes.set(new TextEncoder().encode(header), 8);
    return bytes;
  };
  const entry = (rest: string) => `{"t": {"dtype": "F32", ${rest}}}`;

  test.each<[string, Uint8Array, RegExp]>([
    ['too short', new Uint8Array(3), /found 3 bytes/],
    ['a header of an exabyte', file('{}', 0, 1n << 60n), /a header of 1152921504606846976 bytes/],
    ['a header that is not JSON', file('{"t": '), /not JSON/],
    ['a header that is not an object', file('null'), /a header that is not an object/],
    ['a type that bbits does not write', file('{"t": {"dtype": "Q7"}}'), /found a header with/],
    ['a negative shape', file(entry('"shape": [-2], "data_offsets": [0, 8]')), /header with/],
    ['a shape beyond its data', file(entry('"shape": [9], "data_offsets": [0, 8]')), /"t"/],
    ['data beyond the file', file(entry('"shape": [4], "data_offsets": [0, 16]')), /"t"/],
    ['offsets in reverse', file(entry('"shape": [2], "data_offsets": [8, 0]')), /"t"/],
    [
      'a shape whose size overflows',
      file(entry('"shape": [9007199254740991, 9007199254740991], "data_offsets": [0, 8]')),
      /"t"/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'f')).toThrow(message);
    expect(() => decodeSafetensors(bytes, 'f')).toThrow(UserError);
  });

  test('decodes or refuses a file with any change', () => {
    const good = encodeSafetensors({ a: { shape: [2], values: Float32Array.of(1, 2) } }, {});
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const bytes = Uint8Array.from(good);
        bytes[at] = value;
        try {
          decodeSafetensors(bytes, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
