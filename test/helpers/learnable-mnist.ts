import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../src/random.js';
import {
  header,
  labelsFile,
  TEST_IMAGES,
  TEST_LABELS,
  TRAIN_IMAGES,
  TRAIN_LABELS,
} from '../data/idx-files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/**
 * A folder with MNIST files that train in a moment: images of noise with a bright row at twice the
 * class. It goes when the test ends.
 */
export async function learnableMnist(training = 300, test = 110): Promise<string> {
  const folder = await temporaryFolder();
  const stream = randomStream(1, 'learnable images');
  const write = async (images: string, labels: string, count: number) => {
    const classes = Array.from({ length: count }, () => stream.integer(10));
    const pixels = classes.flatMap((label) =>
      Array.from({ length: 784 }, (_, pixel) =>
        Math.floor(pixel / 28) >> 1 === label + 2 ? 200 : stream.integer(60),
      ),
    );
    await writeFile(
      join(folder, images),
      Buffer.concat([header(count, 28, 28), Uint8Array.from(pixels)]),
    );
    await writeFile(join(folder, labels), labelsFile(classes));
  };
  await write(TRAIN_IMAGES, TRAIN_LABELS, training);
  await write(TEST_IMAGES, TEST_LABELS, test);
  return folder;
}
