import { resolve } from 'node:path';
import { loadCifarDataset, type CifarDataset } from '../cifar.js';
import { cifarImageShape } from '../cifar-records.js';
import { cropAndFlip } from '../crop-and-flip.js';
import type { NamedDataset } from './named-dataset.js';

const batches = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`);

const shape: CifarDataset = {
  name: 'cifar10',
  title: 'CIFAR-10',
  classes: 10,
  imageShape: cifarImageShape,
  // As in the published experiments.
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.2023, 0.1994, 0.201],
  labels: [{ what: 'label', classes: 10 }],
  trainFiles: batches.map((batch) => `${batch}.bin`),
  testFile: 'test_batch.bin',
  folder: {
    title: 'CIFAR-10',
    name: 'cifar-10-batches-bin',
    archive: 'cifar-10-binary.tar.gz',
    command: 'bbits data get cifar10',
    otherVersions: {
      Python: ['cifar-10-batches-py', 'cifar-10-python.tar.gz', ...batches, 'test_batch'],
      Matlab: [
        'cifar-10-batches-mat',
        'cifar-10-matlab.tar.gz',
        ...batches.map((batch) => `${batch}.mat`),
      ],
    },
  },
};

/**
 * CIFAR-10: 50,000 training and 10,000 test photographs of 32x32 pixels in color, in the official binary
 * version.
 */
export const cifar10: NamedDataset = {
  shape,
  load: (path = 'datasets/cifar10') => loadCifarDataset(shape, resolve(path)),
  augmentation: cropAndFlip,
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    size: 170_052_171,
    md5: 'c32a1d4ab5d03f1284b67883e8d87530',
    folder: shape.folder.name,
    files: [...shape.trainFiles, shape.testFile, 'batches.meta.txt'],
  },
};
