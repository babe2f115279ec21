import { join } from 'node:path';
import { gatedBitWidths } from '../../bayesian-bits/gates.js';
import { UserError } from '../../errors.js';
import { mostInOnePiece, readBounded } from '../../files/read-bounded.js';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import type { QuantizerSite } from '../../nn/plan.js';
import { writeWhole } from '../../files/write-file.js';

/** A network's learned parameters, as a safetensors file. */
export const weightsFile = 'weights.safetensors';

export interface LearnedWeights {
  /** Variables and running statistics, by name. */
  readonly tensors: Readonly<Record<string, SafeTensor>>;
  readonly quantizers: readonly LearnedQuantizer[];
}

/** A quantizer's learned parameters. */
export interface LearnedQuantizer {
  /** Its site, `conv1/weight`. */
  readonly name: string;
  /** phi of the output channels' gates; empty without channel gates. */
  readonly channels: Float64Array;
  /** Undefined if it only drops channels: readers would clip at a stored range. */
  readonly rounding: Rounding | undefined;
}

/** The range of a quantizer, and phi of its gates of 4, 8, 16 and 32 bits. */
export interface Rounding {
  readonly beta: number;
  readonly bits: readonly number[];
}

/**
 * Encode weights and biases under their own names, and each quantizer as `NAME/beta`, `NAME/phi2` and
 * `NAME/phi`, where present.
 */
export function encodeWeights({ tensors, quantizers }: LearnedWeights): Uint8Array {
  const all: Record<string, SafeTensor> = { ...tensors };
  for (const quantizer of quantizers) Object.assign(all, quantizerTensors(quantizer));
  return encodeSafetensors(all, {
    format: 'bbits',
    layout: 'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
    phi: 'of 4, 8, 16 and 32 bits; phi2: of the output channels; no beta: neither clipped nor rounded',
  });
}

function quantizerTensors({
  name,
  channels,
  rounding,
}: LearnedQuantizer): Record<string, SafeTensor> {
  const vector = (values: ArrayLike<number>): SafeTensor => ({
    shape: [values.length],
    values: Float64Array.from(values),
  });
  return {
    ...(rounding ? { [`${name}/beta`]: vector([rounding.beta]) } : {}),
    ...(channels.length > 0 ? { [`${name}/phi2`]: vector(channels) } : {}),
    ...(rounding ? { [`${name}/phi`]: vector(rounding.bits) } : {}),
  };
}

/** Decoded weights, checked against the network's expectations on access. */
export interface StoredWeights {
  has(name: string): boolean;
  /** @throws UserError if it is missing, has another shape or contains non-finite numbers */
  tensor(name: string, shape: readonly number[]): SafeTensor;
  /**
   * A quantizer's parameters. The range and gates of one that does not round, which earlier versions wrote,
   * are ignored.
   *
   * @throws UserError as for `tensor`
   */
  quantizer(site: Pick<QuantizerSite, 'name' | 'gatedChannels' | 'rounded'>): LearnedQuantizer;
}

/**
 * Decode a weights file.
 *
 * @param path for error messages
 * @throws UserError if the bytes are not a safetensors file
 */
export function decodeWeights(bytes: Uint8Array, path: string): StoredWeights {
  const tensors = decodeSafetensors(bytes, path);

  function tensor(name: string, shape: readonly number[]): SafeTensor {
    const found = tensors.get(name);
    if (found?.shape.join() === shape.join() && found.values.every(Number.isFinite)) return found;
    throw new UserError(
      `${path}: expected "${name}" of shape [${shape.join(', ')}], found ${describe(found, shape)}. The ` +
        'file does not belong to the config beside it, or was written by another version of bbits.',
    );
  }
  const values = (name: string, length: number) => tensor(name, [length]).values;

  return {
    has: (name) => tensors.has(name),
    tensor,
    quantizer: ({ name, gatedChannels, rounded }) => ({
      name,
      channels: Float64Array.from(gatedChannels > 0 ? values(`${name}/phi2`, gatedChannels) : []),
      rounding: rounded
        ? {
            beta: values(`${name}/beta`, 1)[0] ?? NaN,
            bits: Array.from(values(`${name}/phi`, gatedBitWidths.length)),
          }
        : undefined,
    }),
  };
}

function describe(found: SafeTensor | undefined, shape: readonly number[]): string {
  if (found === undefined) return 'none';
  if (found.shape.join() === shape.join()) return 'numbers in it that are not finite';
  return `[${found.shape.join(', ')}]`;
}

/** @throws WriteError if it cannot be written */
export async function writeWeights(folder: string, weights: LearnedWeights): Promise<void> {
  await writeWhole(join(folder, weightsFile), encodeWeights(weights));
}

/** @returns undefined if there is none. @throws UserError if it cannot be read or is damaged */
export async function readWeights(folder: string): Promise<StoredWeights | undefined> {
  const path = join(folder, weightsFile);
  const bytes = await readBounded(path, mostInOnePiece);
  return bytes && decodeWeights(bytes, path);
}
