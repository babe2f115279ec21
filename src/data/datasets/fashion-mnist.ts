import { resolve } from 'node:path';
import { loadIdxDataset, type IdxDataset } from '../idx-dataset.js';
import type { NamedDataset } from './named-dataset.js';

const shape: IdxDataset = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST',
  todo:
    'Put its four files there (from https://github.com/zalandoresearch/fashion-mnist, folder ' +
    "data/fashion, or Debian's package dataset-fashion-mnist), or set the data set's path to the " +
    'folder that has them.',
  imageShape: [28, 28, 1],
  classes: 10,
  // Pixels from 0 to 1, as for MNIST.
  mean: [0],
  std: [1],
  sha256: {
    'train-images': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    'train-labels': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    'test-images': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    'test-labels': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};

/** Fashion-MNIST: 60,000 training and 10,000 test pictures of clothes, 28x28 pixels. */
export const fashionMnist: NamedDataset = {
  shape,
  load: (path = 'datasets/fashion-mnist') => loadIdxDataset(shape, resolve(path)),
};
