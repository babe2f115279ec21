import { scaled, type Model } from '../../src/models/model.js';
import { dense, flatten } from '../../src/nn/network.js';

/** A multilayer perceptron: 300FC - 100FC - one output per class. */
export const mlp: Model = ({ classes, width, batchNorm }) => ({
  name: 'mlp',
  layers: [
    flatten,
    dense('fc1', scaled(300, width), { batchNorm }),
    dense('fc2', scaled(100, width), { batchNorm }),
    dense('fc3', classes),
  ],
});
