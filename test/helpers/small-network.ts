/** A config's model that is traced in a moment, with both kinds of batch norm. */
export const smallNetwork = `model:
  layers:
    - { type: convolution, name: conv1, filters: 4, kernel: 5, stride: 3, batchNorm: folded }
    - { type: convolution, name: conv2, filters: 4, kernel: 3, batchNorm: unfolded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;
