import { resolve } from 'node:path';
import { loadCifarDataset, type CifarDataset } from '../cifar.js';
import { cifarImageShape } from '../cifar-records.js';
import { cropAndFlip } from '../crop-and-flip.js';
import type { NamedDataset } from './named-dataset.js';

const shape: CifarDataset = {
  name: 'cifar100',
  title: 'CIFAR-100',
  classes: 100,
  imageShape: cifarImageShape,
  // Statistics of the training pixels, as published by others; the paper does not use this data set.
  mean: [0.5071, 0.4867, 0.4408],
  std: [0.2675, 0.2565, 0.2761],
  labels: [
    { what: 'coarse label', classes: 20 },
    { what: 'fine label', classes: 100 },
  ],
  trainFiles: ['train.bin'],
  testFile: 'test.bin',
  folder: {
    title: 'CIFAR-100',
    name: 'cifar-100-binary',
    archive: 'cifar-100-binary.tar.gz',
    otherVersions: {
      Python: ['cifar-100-python', 'cifar-100-python.tar.gz', 'train', 'test'],
      Matlab: ['cifar-100-matlab', 'cifar-100-matlab.tar.gz', 'train.mat', 'test.mat'],
    },
  },
};

/**
 * CIFAR-100: 50,000 training and 10,000 test photographs of 32x32 pixels in color, with their fine labels, in
 * the official binary version.
 */
export const cifar100: NamedDataset = {
  shape,
  load: (path = 'datasets/cifar100') => loadCifarDataset(shape, resolve(path)),
  augmentation: cropAndFlip,
};
