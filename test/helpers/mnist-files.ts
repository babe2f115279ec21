import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../../src/data/dataset.js';
import {
  header,
  labelsFile,
  testImagesName,
  testLabelsName,
  trainImagesName,
  trainLabelsName,
} from '../data/idx-files.js';

/** Write images of 28x28 pixels into a folder, as MNIST's four files. */
export async function writeMnistFiles(folder: string, train: Split, test: Split): Promise<void> {
  const write = async (imagesName: string, labelsName: string, split: Split) => {
    const images = Buffer.concat([header(split.count, 28, 28), split.images]);
    await writeFile(join(folder, imagesName), images);
    await writeFile(join(folder, labelsName), labelsFile(Array.from(split.labels)));
  };
  await write(trainImagesName, trainLabelsName, train);
  await write(testImagesName, testLabelsName, test);
}
