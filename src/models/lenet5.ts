import { convolution, dense, flatten, maxPool } from '../nn/network.js';
import { scaled, type Model } from './model.js';

/** LeNet-5 as in the paper: 32C5 - pool 2 - 64C5 - pool 2 - 512FC - 10, no padding. */
export const lenet5: Model = ({ classes, width }) => ({
  name: 'lenet5',
  layers: [
    convolution('conv1', scaled(32, width), 5),
    maxPool(2),
    convolution('conv2', scaled(64, width), 5),
    maxPool(2),
    flatten,
    dense('fc1', scaled(512, width)),
    dense('fc2', classes),
  ],
});
