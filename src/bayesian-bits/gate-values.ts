import { gatedBitWidths } from './gates.js';

/** A number for each gate of a tensor: its parameters phi, its noise u, its values z, or a gradient. */
export interface GateValues {
  /** Of the output channels' gates; empty where there are none. */
  readonly channels: Float64Array;
  /** Of 4, 8, 16, 32 bits. */
  readonly bits: readonly number[];
}

/** The gates of a tensor as one vector: those of the channels, then those of 4, 8, 16, 32 bits. */
export function packGates({ channels, bits }: GateValues): Float64Array {
  const vector = new Float64Array(channels.length + bits.length);
  vector.set(channels);
  vector.set(bits, channels.length);
  return vector;
}

/** The same back again; the channels' numbers share the vector's memory. */
export function unpackGates(vector: Float64Array): GateValues {
  return {
    channels: vector.subarray(0, -gatedBitWidths.length),
    bits: Array.from(vector.subarray(-gatedBitWidths.length)),
  };
}

/** Gates of a tensor with so many channel gates. */
export function gateCount(channels: number): number {
  return channels + gatedBitWidths.length;
}

/** Whether the gate at a place of the vector is that of a bit width, and not of a channel. */
export function isBitGate(vector: Float64Array, at: number): boolean {
  return at >= vector.length - gatedBitWidths.length;
}

/** A function of each number, of the channels and of the bits. */
export function mapGates(
  { channels, bits }: GateValues,
  change: (value: number) => number,
): GateValues {
  return { channels: channels.map(change), bits: bits.map(change) };
}

/** `a + factor * b`, gate by gate. */
export function plusScaled(a: GateValues, factor: number, b: GateValues): GateValues {
  return {
    channels: a.channels.map((value, at) => value + factor * (b.channels[at] ?? NaN)),
    bits: a.bits.map((value, at) => value + factor * (b.bits[at] ?? NaN)),
  };
}
