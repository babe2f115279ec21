/** The bit widths of the decomposition. The gate of b bits decides whether b/2 bits are extended to b. */
export const bitWidths = [2, 4, 8, 16, 32] as const;
export type BitWidth = (typeof bitWidths)[number];

/** The bit widths that have one gate per tensor. Only channel gates can remove the lowest 2 bits. */
export const gatedBitWidths = [4, 8, 16, 32] as const;

/**
 * The bit width that the gates of 4, 8, 16 and 32 bits select: 2 bits, doubled for each consecutive open
 * gate from 4 bits on.
 */
export function effectiveBits(gates: readonly number[]): BitWidth {
  const closed = gates.findIndex((z) => z === 0);
  const open = closed < 0 ? gates.length : closed;
  return bitWidths[open] as BitWidth;
}
