/** The bit widths of the decomposition. "The gate of b" decides whether b bits are kept, given b/2. */
export const bitWidths = [2, 4, 8, 16, 32] as const;
export type BitWidth = (typeof bitWidths)[number];

/** The bit widths that have one gate per tensor; 2 bits are always there, up to channel gates. */
export const gatedBitWidths = [4, 8, 16, 32] as const;

/**
 * The bit width that a tensor has with these gates of 4, 8, 16, 32 bits: 2 to the number of
 * consecutive open ones, counting that of 2 bits as open.
 */
export function effectiveBits(gates: readonly number[]): BitWidth {
  const closed = gates.findIndex((z) => z === 0);
  const open = closed < 0 ? gates.length : closed;
  return bitWidths[open] as BitWidth;
}
