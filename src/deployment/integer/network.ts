import type { Pair, Windows } from '../../nn/windows.js';

/**
 * A network in integers alone: pixels from 0 to 255 go in, integers in proportion to the logits come out. Its
 * constants come from a deployed network (`planIntegers`), `run/` executes it.
 */
export interface IntegerNetwork {
  readonly steps: readonly IntegerStep[];
  /** What sums of products take, and what they are added in, in the order of execution. */
  readonly accumulators: readonly Accumulator[];
  /**
   * How far each quantizer's position, in steps of its grid, may be from the exact one of the same integers, by
   * layer or sum.
   */
  readonly roundings: ReadonlyMap<string, Rounding>;
  readonly logits: {
    /** A logit is so much times its integer. */
    readonly unit: number;
    /** So far, as a logit, one may be from the exact one of the same integers. */
    readonly rounding: number;
  };
}

export interface Rounding {
  /** Which of the trained network's channels the integers are. */
  readonly channels: readonly number[];
  readonly steps: number;
}

/** What is as large as the products of a layer, or as the summands of a sum. */
export interface Accumulator {
  /** The layer or sum. */
  readonly name: string;
  /** Of a layer; a sum has none. */
  readonly products?: {
    readonly weightBits: number;
    /** Of what the layer reads. */
    readonly inputBits: number;
    /** Of the sum of the products, in two's complement. */
    readonly bits: number;
  };
  /** Of that with its bias, which has 16 fractional bits; or of a sum, which has them too. */
  readonly bits: number;
}

export type IntegerStep = LayerStep | PoolStep | SumStep;

/** Integers of one image, channels last. Those that 32 bits do not hold are doubles of at most 53 bits. */
export type Integers = Int32Array | Float64Array;

/** Whole numbers from low to high. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Rows, columns and channels; what is flat has one pixel. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** A convolution; a dense layer is one of a single pixel. */
export interface LayerStep {
  readonly type: 'layer';
  readonly name: string;
  readonly windows: Windows;
  readonly inputShape: ImageShape;
  readonly outputShape: ImageShape;
  readonly groups: readonly LayerGroup[];
  /** Whether 32 bits hold every sum of products; else 53 do. */
  readonly is32Bit: boolean;
  readonly rescale: Rescale;
  readonly isQuantized: boolean;
}

export interface LayerGroup {
  readonly firstInput: number;
  readonly inputs: number;
  readonly firstOutput: number;
  readonly outputs: number;
  /** Of shape [rows, columns, inputs, outputs]. */
  readonly weights: Integers;
}

/** `max`: the largest of each window. `sum`: their sum. `mean`: so many times their mean. */
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
  /** Into the sum's format; undefined: it is in it. */
  readonly rescale: Rescale | undefined;
  /** Where each channel is in the sum. */
  readonly places: readonly number[];
}

/**
 * Integers n in one unit as integers q in another, ties to even:
 *
 *     a = 2^16 n + bias,   q = clamp(round(multiplier a / 2^shift), low, high)
 *
 * `narrow`: a has at most 53 bits, and the product is computed in two parts. `wide`: in BigInt.
 */
export type Rescale = NarrowRescale | WideRescale;

interface Ends {
  readonly low: number;
  readonly high: number;
}

export interface NarrowRescale extends Ends {
  readonly type: 'narrow';
  /** Of each channel, or of each number. */
  readonly bias: Float64Array;
  readonly multiplier: Float64Array;
  /** `2^(shift - 22)`. */
  readonly divisor: Float64Array;
  /** Of a: what lies beyond gives the same q. */
  readonly least: Float64Array;
  readonly most: Float64Array;
}

export interface WideRescale extends Ends {
  readonly type: 'wide';
  readonly bias: readonly bigint[];
  readonly multiplier: readonly bigint[];
  readonly shift: readonly bigint[];
}
