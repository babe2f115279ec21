import type { Split } from '../../src/data/dataset.js';
import { loadMnist } from '../../src/data/mnist.js';
import { writeMnistFiles } from './mnist-files.js';

/** Writes the first images of the real MNIST into a folder. */
export async function smallMnist(folder: string, training: number, test: number): Promise<void> {
  const mnist = await loadMnist();
  await writeMnistFiles(folder, first(mnist.train, training), first(mnist.test, test));
}

function first({ images, labels }: Split, count: number): Split {
  return { images: images.subarray(0, count * 784), labels: labels.subarray(0, count), count };
}
