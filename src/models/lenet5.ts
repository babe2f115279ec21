import { convolution, dense, flatten, maxPool, type Network } from '../nn/network.js';

/** LeNet-5 as in the paper: 32C5 - pool 2 - 64C5 - pool 2 - 512FC - 10, no padding. */
export const lenet5 = (classes: number): Network => ({
  name: 'lenet5',
  layers: [
    convolution('conv1', 32, 5),
    maxPool(2),
    convolution('conv2', 64, 5),
    maxPool(2),
    flatten,
    dense('fc1', 512),
    dense('fc2', classes),
  ],
});
