import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { QuantizerState } from '../../training/quantizer-state.js';
import { betaOf, phiOf } from '../../training/quantizer-state.js';
import type { Trainer } from '../../training/trainer.js';
import { writeWhole } from '../../files/write-file.js';
import { encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';

/** The files of a run. Each is replaced as a whole, so that it is never seen half written. */
export interface RunFiles {
  readonly folder: string;
  writeText(name: RunFileName, text: string): Promise<void>;
  writeJson(name: RunFileName, value: object): Promise<void>;
  /** Adds a line to a file of JSON lines that this run writes. */
  addLine(name: LinesFile, value: object): Promise<void>;
  writeWeights(trainer: Trainer): Promise<void>;
}

export type RunFileName = 'config.yaml' | 'run.json' | 'result.json';
export type LinesFile = 'metrics.jsonl' | 'timings.jsonl';

/** @param before the lines that a run that goes on begins with */
export function runFiles(
  folder: string,
  before: ReadonlyMap<LinesFile, string> = new Map(),
): RunFiles {
  const lines = new Map(before);
  const write = (name: string, data: string | Uint8Array) => writeWhole(join(folder, name), data);

  return {
    folder,
    writeText: write,
    writeJson: (name, value) => write(name, `${JSON.stringify(value, null, 2)}\n`),
    async addLine(name, value) {
      const text = `${lines.get(name) ?? ''}${JSON.stringify(value)}\n`;
      lines.set(name, text);
      await write(name, text);
    },
    writeWeights: (trainer) => write('weights.safetensors', encodeWeights(trainer)),
  };
}

/** Weights and biases under their own names; of each quantizer `NAME/beta`, `NAME/phi2`, `NAME/phi`. */
function encodeWeights(trainer: Trainer): Uint8Array {
  const weights = trainer.weights();
  const tensors: Record<string, SafeTensor> = {};
  for (const [name, tensor] of Object.entries(weights)) {
    tensors[name] = { shape: tensor.shape, values: tensor.dataSync<'float32'>() };
  }
  tf.dispose(weights);
  for (const quantizer of trainer.quantizers()) Object.assign(tensors, quantizerTensors(quantizer));
  return encodeSafetensors(tensors, {
    format: 'bbits',
    layout: 'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
    phi: 'of 4, 8, 16 and 32 bits; phi2: of the output channels',
  });
}

function quantizerTensors(quantizer: QuantizerState): Record<string, SafeTensor> {
  const { name } = quantizer.site;
  const { channels, bits } = phiOf(quantizer);
  const vector = (values: ArrayLike<number>): SafeTensor => ({
    shape: [values.length],
    values: Float64Array.from(values),
  });
  return {
    [`${name}/beta`]: vector([betaOf(quantizer)]),
    ...(channels.length > 0 ? { [`${name}/phi2`]: vector(channels) } : {}),
    [`${name}/phi`]: vector(bits),
  };
}
