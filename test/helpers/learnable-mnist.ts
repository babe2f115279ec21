import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../../src/data/dataset.js';
import { randomStream } from '../../src/random.js';
import {
  header,
  labelsFile,
  TEST_IMAGES,
  TEST_LABELS,
  TRAIN_IMAGES,
  TRAIN_LABELS,
} from '../data/idx-files.js';
import { temporaryFolder } from './temporary-folder.js';

/** Images that are learned in a moment: noise with two bright rows where the class says. */
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

/** A folder with such images as MNIST files. It goes when the test ends. */
export async function learnableMnist(training = 300, test = 110): Promise<string> {
  const folder = await temporaryFolder();
  const write = async (imagesName: string, labelsName: string, split: Split) => {
    const images = Buffer.concat([header(split.count, 28, 28), split.images]);
    await writeFile(join(folder, imagesName), images);
    await writeFile(join(folder, labelsName), labelsFile(Array.from(split.labels)));
  };
  await write(TRAIN_IMAGES, TRAIN_LABELS, learnableSplit(training, 'train'));
  await write(TEST_IMAGES, TEST_LABELS, learnableSplit(test, 'test'));
  return folder;
}
