import { join } from 'node:path';
import type { GateValues } from '../../bayesian-bits/gate-values.js';
import { gatedBitWidths } from '../../bayesian-bits/gates.js';
import { UserError } from '../../errors.js';
import { mostInOnePiece, readBounded } from '../../files/read-bounded.js';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import { writeWhole } from '../../files/write-file.js';

/** What a network has learned: a safetensors file. */
export const weightsFile = 'weights.safetensors';

export interface LearnedWeights {
  /** Variables and statistics, by name. */
  readonly tensors: Readonly<Record<string, SafeTensor>>;
  readonly quantizers: readonly LearnedQuantizer[];
}

/** The range of a quantizer, and phi of its gates. */
export interface LearnedQuantizer extends GateValues {
  /** Its site, `conv1/weight`. */
  readonly name: string;
  readonly beta: number;
}

/** Weights and biases under their own names; of each quantizer `NAME/beta`, `NAME/phi2`, `NAME/phi`. */
export function encodeWeights({ tensors, quantizers }: LearnedWeights): Uint8Array {
  const all: Record<string, SafeTensor> = { ...tensors };
  for (const quantizer of quantizers) Object.assign(all, quantizerTensors(quantizer));
  return encodeSafetensors(all, {
    format: 'bbits',
    layout: 'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
    phi: 'of 4, 8, 16 and 32 bits; phi2: of the output channels',
  });
}

function quantizerTensors({
  name,
  beta,
  channels,
  bits,
}: LearnedQuantizer): Record<string, SafeTensor> {
  const vector = (values: ArrayLike<number>): SafeTensor => ({
    shape: [values.length],
    values: Float64Array.from(values),
  });
  return {
    [`${name}/beta`]: vector([beta]),
    ...(channels.length > 0 ? { [`${name}/phi2`]: vector(channels) } : {}),
    [`${name}/phi`]: vector(bits),
  };
}

/** Weights that were read: what a network expects of them is there, or an error says what is not. */
export interface StoredWeights {
  has(name: string): boolean;
  /** @throws UserError if it is not there, has another shape or numbers that are not finite */
  tensor(name: string, shape: readonly number[]): SafeTensor;
  /** @throws UserError as `tensor` */
  quantizer(name: string, gatedChannels: number): LearnedQuantizer;
}

/**
 * @param path for messages
 * @throws UserError if the bytes are no safetensors file
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
    quantizer: (name, gatedChannels) => ({
      name,
      beta: values(`${name}/beta`, 1)[0] ?? NaN,
      channels: Float64Array.from(gatedChannels > 0 ? values(`${name}/phi2`, gatedChannels) : []),
      bits: Array.from(values(`${name}/phi`, gatedBitWidths.length)),
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

/** @returns undefined if there is none. @throws UserError if it cannot be read, or is damaged */
export async function readWeights(folder: string): Promise<StoredWeights | undefined> {
  const path = join(folder, weightsFile);
  const bytes = await readBounded(path, mostInOnePiece);
  return bytes && decodeWeights(bytes, path);
}
