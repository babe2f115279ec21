import type { Dataset, Split } from '../../src/data/dataset.js';
import { randomStream } from '../../src/random.js';
import { writeMnistFiles } from './mnist-files.js';
import { temporaryFolder } from './temporary-folder.js';

/** Images that are learned quickly: noise with two bright rows whose position depends on the class. */
export function learnableSplit(count: number, name: string): Split {
  const stream = randomStream(5, name);
  const labels = Uint8Array.from({ length: count }, () => stream.integer(10));
  const images = Uint8Array.from({ length: count * 784 }, (_, at) => {
    const row = Math.floor((at % 784) / 28);
    const isBright = row >> 1 === (labels[Math.floor(at / 784)] ?? 0) + 2;
    return isBright ? 220 : stream.integer(60);
  });
  return { images, labels, count };
}

/** A data set of such images, in memory. */
export function learnableDataset(training: number, test: number): Dataset {
  return {
    name: 'rows',
    train: learnableSplit(training, 'train'),
    test: learnableSplit(test, 'test'),
    imageShape: [28, 28, 1],
    classes: 10,
    files: [],
    mean: [0],
    std: [1],
  };
}

/** A folder with such images as MNIST files. It is removed when the test ends. */
export async function learnableMnist(training = 300, test = 110): Promise<string> {
  const folder = await temporaryFolder();
  await writeMnistFiles(folder, learnableSplit(training, 'train'), learnableSplit(test, 'test'));
  return folder;
}
