import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { writeFiles, type Files } from './idx-files.js';

export const cifar10Names = [
  ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  'test_batch.bin',
];

/** A 32x32 image, channels last, whose pixels encode position, channel and image number. */
export function cifarImage(seed: number): Uint8Array {
  return Uint8Array.from({ length: 3072 }, (_, i) => (seed * 71 + i * 13 + (i >> 8)) % 256);
}

/** A record: labels, then the image's three planes. */
export function record(labels: readonly number[], image: Uint8Array): Uint8Array {
  const planes = [0, 1, 2].flatMap((channel) =>
    Array.from({ length: 1024 }, (_, pixel) => image[3 * pixel + channel] ?? 0),
  );
  return Uint8Array.from([...labels, ...planes]);
}

/** CIFAR-10's six files with 2, 1, 1, 1, 1 and 3 images, numbered consecutively. */
export const smallCifar10: Files = makeSmallCifar10();

function makeSmallCifar10(): Files {
  let next = 0;
  const file = (count: number) =>
    Buffer.concat(
      Array.from({ length: count }, () => {
        next += 1;
        return record([next % 10], cifarImage(next));
      }),
    );
  return Object.fromEntries([2, 1, 1, 1, 1, 3].map((n, i) => [cifar10Names[i] ?? '', file(n)]));
}

/** A folder with these files, or with a subfolder of that name that has them. */
export async function cifarFolder(files: Files, inside = ''): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, inside), { recursive: true });
  await writeFiles(join(folder, inside), files);
  return folder;
}
