/**
 * Whole numbers side by side, in two's complement where they are negative. Those of less than a byte fill it
 * from its lowest bits on, and the last byte is filled with zeros; those of 16 bits begin with the lower byte.
 * ONNX and bbits' own files have them so.
 *
 * @param values that so many bits hold
 */
export function packed(values: ArrayLike<number>, bits: 2 | 4 | 8 | 16): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8));
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? NaN;
    for (let bit = 0; bit < bits; bit += 8) {
      const firstBit = at * bits + bit;
      const own = (value >> bit) & (2 ** Math.min(bits, 8) - 1);
      bytes[firstBit >> 3] = (bytes[firstBit >> 3] ?? 0) | (own << (firstBit & 7));
    }
  }
  return bytes;
}
