/** A config's model that is traced quickly, with both kinds of batch norm. */
export const smallNetwork = `model:
  layers:
    - { type: convolution, name: conv1, filters: 4, kernel: 5, stride: 3, batchNorm: folded }
    - { type: convolution, name: conv2, filters: 4, kernel: 3, batchNorm: unfolded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;

/** A model with gates at convolution and dense layers and no batch norm, as in LeNet-5. */
export const plainNetwork = `model:
  layers:
    - { type: convolution, name: conv1, filters: 8, kernel: 5, stride: 4 }
    - { type: flatten }
    - { type: dense, name: fc1, units: 32 }
    - { type: dense, name: fc2, units: 10 }
`;

/** The smallest model with a channel gate, a batch norm and more than one layer. */
export const tinyNetwork = `model:
  layers:
    - { type: convolution, name: conv1, filters: 2, kernel: 5, stride: 5, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;

/** A config without its data set: one short epoch each of training and fine-tuning. */
export const twoShortPhases = `${tinyNetwork}threads: 1
optimizers: { gates: { learningRate: 5e-2 } }
training: { epochs: 1, batchSize: 20, augmentation: crop-and-flip }
fineTuning: { epochs: 1 }
`;
