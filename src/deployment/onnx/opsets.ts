import type { BitWidth } from '../../bayesian-bits/gates.js';
import type { IntegerType } from './tensors.js';

/**
 * The versions of ONNX's operators that can be written, each with the version of the file's format: 21 is the
 * first with 4-bit and 16-bit integers between QuantizeLinear and DequantizeLinear, 25 with 2-bit ones.
 */
export const irVersions = { 21: 10, 25: 13 } as const;

/** The file's name in an export's folder. */
export const onnxFile = 'network.onnx';

export type Opset = keyof typeof irVersions;

/** The narrowest integers that hold a grid of at most 16 bits. */
export function containerOf(
  bits: Exclude<BitWidth, 32>,
  signed: boolean,
  opset: Opset,
): IntegerType {
  return { bits: bits === 2 && opset < 25 ? 4 : bits, signed };
}
