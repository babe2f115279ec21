import type { BitWidth } from '../../bayesian-bits/gates.js';
import type { IntegerType } from './tensors.js';

/**
 * The supported operator set versions of ONNX, each with its file format version. Quantization to 4-bit and
 * 16-bit integers requires 21, to 2-bit integers 25.
 */
export const irVersions = { 21: 10, 25: 13 } as const;

/** Name of the ONNX file in an export's folder. */
export const onnxFile = 'network.onnx';

export type Opset = keyof typeof irVersions;

/** The narrowest integer type for a grid of at most 16 bits. */
export function containerOf(
  bits: Exclude<BitWidth, 32>,
  signed: boolean,
  opset: Opset,
): IntegerType {
  return { bits: bits === 2 && opset < 25 ? 4 : bits, signed };
}
