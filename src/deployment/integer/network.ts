import type { Pair, Windows } from '../../nn/windows.js';

/**
 * A network in integer arithmetic only: its inputs are pixels from 0 to 255, its outputs integers
 * proportional to the logits. `planIntegers` derives its constants from a deployed network, `run/` executes
 * it.
 */
export interface IntegerNetwork {
  readonly steps: readonly IntegerStep[];
  /** Accumulator widths of layers and sums, in order of execution. */
  readonly accumulators: readonly Accumulator[];
  /**
   * By layer or sum: bound on the rounding error of its quantizer's input, in steps of the grid, relative to
   * exact arithmetic on the same integers.
   */
  readonly roundings: ReadonlyMap<string, Rounding>;
  readonly logits: {
    /** A logit is `unit` times its integer. */
    readonly unit: number;
    /** Bound on a logit's error relative to exact arithmetic on the same integers. */
    readonly rounding: number;
  };
}

export interface Rounding {
  /** Channels of the trained network to which the integers correspond. */
  readonly channels: readonly number[];
  readonly steps: number;
}

/** Accumulator width of a layer's products or of a sum's summands. */
export interface Accumulator {
  /** Name of the layer or sum. */
  readonly name: string;
  /** Present for a layer. */
  readonly products?: {
    readonly weightBits: number;
    /** Bits of the layer's input. */
    readonly inputBits: number;
    /** Bits of the sum of products, in two's complement. */
    readonly bits: number;
  };
  /** Bits of the sum including the bias and 16 fractional bits. */
  readonly bits: number;
}

export type IntegerStep = LayerStep | PoolStep | SumStep;

/** Integers of one image, channels last. Those of more than 32 bits are doubles with at most 53 bits. */
export type Integers = Int32Array | Float64Array;

/** Integers from low to high, inclusive. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Rows, columns and channels; a flat tensor has one pixel. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** A convolution; a dense layer is a convolution of a single pixel. */
export interface LayerStep {
  readonly type: 'layer';
  readonly name: string;
  readonly windows: Windows;
  readonly inputShape: ImageShape;
  readonly outputShape: ImageShape;
  readonly groups: readonly LayerGroup[];
  /** Whether every sum of products fits in 32 bits; otherwise 53 bits suffice. */
  readonly is32Bit: boolean;
  readonly rescale: Rescale;
  readonly isQuantized: boolean;
}

export interface LayerGroup {
  readonly firstInput: number;
  readonly inputs: number;
  readonly firstOutput: number;
  readonly outputs: number;
  /** Shape [rows, columns, inputs, outputs]. */
  readonly weights: Integers;
}

/** `max`: maximum of each window. `sum`: its sum. `mean`: its mean times `times`. */
export type PoolStep = Pooled &
  ({ readonly type: 'max' | 'sum' } | { readonly type: 'mean'; readonly times: number });

interface Pooled {
  readonly windows: Windows;
  readonly inputShape: ImageShape;
  readonly outputSize: Pair;
}

export interface SumStep {
  readonly type: 'add';
  readonly name: string;
  readonly summands: readonly [Summand, Summand];
  readonly outputShape: ImageShape;
  readonly rescale: Rescale;
}

export interface Summand {
  readonly steps: readonly IntegerStep[];
  /** Conversion to the sum's format; undefined if already in it. */
  readonly rescale: Rescale | undefined;
  /** Index of each channel in the sum. */
  readonly places: readonly number[];
}

/**
 * Convert integers n in one unit to integers q in another, ties to even:
 *
 *     a = 2^16 n + bias,   q = clamp(round(multiplier a / 2^shift), low, high)
 *
 * `narrow`: a has at most 53 bits, and the product is computed in two parts. `wide`: computed in BigInt.
 */
export type Rescale = NarrowRescale | WideRescale;

interface Ends {
  readonly low: number;
  readonly high: number;
}

export interface NarrowRescale extends Ends {
  readonly type: 'narrow';
  /** One per channel, or one per pixel and channel. */
  readonly bias: Float64Array;
  readonly multiplier: Float64Array;
  /** `2^(shift - 22)`. */
  readonly divisor: Float64Array;
  /** Clamping bounds of a, beyond which q is constant. */
  readonly least: Float64Array;
  readonly most: Float64Array;
}

export interface WideRescale extends Ends {
  readonly type: 'wide';
  readonly bias: readonly bigint[];
  readonly multiplier: readonly bigint[];
  readonly shift: readonly bigint[];
}
