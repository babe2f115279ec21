/**
 * The paper's form of the quantizer, element by element in double precision: the reference for the rewritten one
 * in src/. Each line is differentiated in forward mode, with a straight-through gradient for rounding only, and
 * without Euler's identity or levels.
 */

/** A number with its derivatives with respect to x and beta. */
export interface Dual {
  readonly value: number;
  readonly dx: number;
  readonly dbeta: number;
}

export interface ReferenceQuantizer {
  readonly beta: number;
  readonly signed: boolean;
  /** One for each of 2, 4, 8, 16, 32 bits. */
  readonly z: readonly [number, number, number, number, number];
}

/** `x_q = z_2 (x_2 + z_4 (e_4 + z_8 (e_8 + z_16 (e_16 + z_32 e_32))))` */
export function residualForm(x: number, { beta, signed, z }: ReferenceQuantizer): Dual {
  const end = scale({ value: beta, dx: 0, dbeta: 1 }, 1 - 1e-7);
  const low = signed ? scale(end, -1) : constant(0);
  const xc = x <= low.value ? low : x >= end.value ? end : { value: x, dx: 1, dbeta: 0 };

  const s2 = { value: (signed ? 2 * beta : beta) / 3, dx: 0, dbeta: signed ? 2 / 3 : 1 / 3 };
  const s4 = scale(s2, 1 / (2 ** 2 + 1));
  const s8 = scale(s4, 1 / (2 ** 4 + 1));
  const s16 = scale(s8, 1 / (2 ** 8 + 1));
  const s32 = scale(s16, 1 / (2 ** 16 + 1));

  const x2 = roundTo(s2, xc);
  const e4 = roundTo(s4, minus(xc, x2));
  const e8 = roundTo(s8, minus(xc, x2, e4));
  const e16 = roundTo(s16, minus(xc, x2, e4, e8));
  const e32 = roundTo(s32, minus(xc, x2, e4, e8, e16));

  const [z2, z4, z8, z16, z32] = z;
  const from16 = plus(e16, scale(e32, z32));
  const from8 = plus(e8, scale(from16, z16));
  const from4 = plus(e4, scale(from8, z8));
  return scale(plus(x2, scale(from4, z4)), z2);
}

/** `s round(v / s)`; the rounding's derivative is 1. */
function roundTo(s: Dual, v: Dual): Dual {
  const ratio = v.value / s.value;
  const rounded = roundHalfToEven(ratio);
  return {
    value: s.value * rounded,
    dx: v.dx + s.dx * (rounded - ratio),
    dbeta: v.dbeta + s.dbeta * (rounded - ratio),
  };
}

export function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function constant(value: number): Dual {
  return { value, dx: 0, dbeta: 0 };
}

function plus(a: Dual, b: Dual): Dual {
  return { value: a.value + b.value, dx: a.dx + b.dx, dbeta: a.dbeta + b.dbeta };
}

function scale(a: Dual, factor: number): Dual {
  return { value: a.value * factor, dx: a.dx * factor, dbeta: a.dbeta * factor };
}

function minus(a: Dual, ...others: Dual[]): Dual {
  return others.reduce((rest, other) => plus(rest, scale(other, -1)), a);
}

/** Whether x is within `margin` steps of a tie on any grid of 2 to 16 bits. */
export function isNearTie(
  x: number,
  { beta, signed }: Pick<ReferenceQuantizer, 'beta' | 'signed'>,
  margin: number,
): boolean {
  if (x >= beta || x <= (signed ? -beta : 0)) return false;
  return [2, 4, 8, 16].some((bits) => {
    const ratio = x / ((signed ? 2 * beta : beta) / (2 ** bits - 1));
    return Math.abs(ratio - Math.floor(ratio) - 0.5) < margin;
  });
}
