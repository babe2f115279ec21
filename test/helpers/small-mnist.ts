import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadMnist } from '../../src/data/mnist.js';
import {
  header,
  labelsFile,
  TEST_IMAGES,
  TEST_LABELS,
  TRAIN_IMAGES,
  TRAIN_LABELS,
} from '../data/idx-files.js';

/** A folder with the first images of the real MNIST. */
export async function smallMnist(folder: string, training: number, test: number): Promise<void> {
  const { train, test: all } = await loadMnist();
  const write = async (images: string, labels: string, split: typeof train, count: number) => {
    const pixels = split.images.subarray(0, count * 784);
    await writeFile(join(folder, images), Buffer.concat([header(count, 28, 28), pixels]));
    await writeFile(join(folder, labels), labelsFile(Array.from(split.labels.subarray(0, count))));
  };
  await write(TRAIN_IMAGES, TRAIN_LABELS, train, training);
  await write(TEST_IMAGES, TEST_LABELS, all, test);
}
