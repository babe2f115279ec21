import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Split } from '../../src/data/dataset.js';
import { infer } from '../../src/deployment/infer.js';
import { readExport } from './read-export.js';

interface NetworkFile {
  readonly input: { readonly mean: number[]; readonly std: number[] };
}

/** The accuracy in percent of an export, computed from its two files alone; TensorFlow must be running. */
export async function exportedAccuracyPercent(
  folder: string,
  { images, labels, count }: Split,
): Promise<number> {
  const deployed = await readExport(folder);
  const json = await readFile(join(folder, 'network.json'), 'utf8');
  const { input } = JSON.parse(json) as NetworkFile;
  const correct = tf.tidy(() => {
    const pixels = tf.tensor(Float32Array.from(images, (pixel) => pixel / 255));
    const shaped = tf.reshape(pixels, [count, ...deployed.network.imageShape]);
    const logits = infer(deployed, tf.div(tf.sub(shaped, input.mean), input.std));
    const found = tf.argMax(logits, 1).dataSync();
    return labels.filter((label, index) => label === found[index]).length;
  });
  return (100 * correct) / count;
}
