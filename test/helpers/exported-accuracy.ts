import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Split } from '../../src/data/dataset.js';
import { infer } from '../../src/deployment/infer.js';
import type { DeployedStep, DeployedTensor } from '../../src/deployment/network.js';
import { decodeSafetensors } from '../../src/files/safetensors.js';

interface NetworkFile {
  readonly input: { readonly shape: number[]; readonly mean: number[]; readonly std: number[] };
  readonly network: string;
  readonly steps: DeployedStep[];
}

/** The accuracy in percent that an export has from its two files alone; TensorFlow has to be running. */
export async function exportedAccuracyPercent(
  folder: string,
  { images, labels, count }: Split,
): Promise<number> {
  const json = await readFile(join(folder, 'network.json'), 'utf8');
  const { input, network, steps } = JSON.parse(json) as NetworkFile;
  const bytes = await readFile(join(folder, 'network.safetensors'));
  const tensors = Object.fromEntries(decodeSafetensors(bytes, 'network.safetensors'));
  const correct = tf.tidy(() => {
    const pixels = tf.tensor(Float32Array.from(images, (pixel) => pixel / 255));
    const shaped = tf.reshape(pixels, [count, ...input.shape]);
    const logits = infer(
      {
        network: { name: network, imageShape: input.shape, steps },
        tensors: tensors as Record<string, DeployedTensor>,
      },
      tf.div(tf.sub(shaped, input.mean), input.std),
    );
    const found = tf.argMax(logits, 1).dataSync();
    return labels.filter((label, index) => label === found[index]).length;
  });
  return (100 * correct) / count;
}
