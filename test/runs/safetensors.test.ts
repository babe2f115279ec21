import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSafetensors, type SafeTensor } from '../../src/runs/safetensors.js';

/** Reads a file by the format's description alone. */
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
      // `__proto__` would not become a key of an object.
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
