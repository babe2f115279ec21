import type { Split } from '../../src/data/dataset.js';
import { mnist } from '../../src/data/datasets/mnist.js';
import { writeMnistFiles } from './mnist-files.js';

/** Writes the first images of the real MNIST into a folder. */
export async function smallMnist(
  folder: string,
  trainingCount: number,
  testCount: number,
): Promise<void> {
  const { train, test } = await mnist.load();
  await writeMnistFiles(folder, first(train, trainingCount), first(test, testCount));
}

function first({ images, labels }: Split, count: number): Split {
  return { images: images.subarray(0, count * 784), labels: labels.subarray(0, count), count };
}
