/**
 * Pack integers densely, in two's complement if negative. Values of fewer than 8 bits fill each byte from its
 * lowest bits, and the last byte is padded with zeros; 16-bit values are little-endian. ONNX and bbits' own
 * files use this layout.
 *
 * @param values representable in this many bits
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
