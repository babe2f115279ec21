import { gatedBitWidths } from './gates.js';

/** One number for each gate of a tensor: parameters phi, noise u, gate values z, or gradients. */
export interface GateValues {
  /** One for each output channel; empty without channel gates. */
  readonly channels: Float64Array;
  /** For the gates of 4, 8, 16 and 32 bits. */
  readonly bits: readonly number[];
}

/** Pack a tensor's gates into one vector: channel gates first, then 4, 8, 16 and 32 bits. */
export function packGates({ channels, bits }: GateValues): Float64Array {
  const vector = new Float64Array(channels.length + bits.length);
  vector.set(channels);
  vector.set(bits, channels.length);
  return vector;
}

/** Invert `packGates`. The channel values are a view of the vector's memory. */
export function unpackGates(vector: Float64Array): GateValues {
  return {
    channels: vector.subarray(0, -gatedBitWidths.length),
    bits: Array.from(vector.subarray(-gatedBitWidths.length)),
  };
}

/** The number of gates of a tensor with this many channel gates. */
export function gateCount(channels: number): number {
  return channels + gatedBitWidths.length;
}

/** Whether the packed vector holds a bit width's gate, rather than a channel's, at this index. */
export function isBitGate(vector: Float64Array, at: number): boolean {
  return at >= vector.length - gatedBitWidths.length;
}

/** Apply a function to every number. */
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
