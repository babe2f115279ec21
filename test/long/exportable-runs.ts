import { exportableNetworks } from '../helpers/exportable-networks.js';
import { madeRun } from '../helpers/made-run.js';
import { smallRun } from '../helpers/small-run.js';

/** One run of each kind that exports must support, deleted when the test ends. */
export const exportableRuns: readonly {
  readonly what: string;
  readonly make: () => Promise<string>;
}[] = [
  ...exportableNetworks.map(({ what, text, imageShape, settle }) => ({
    what,
    make: () => madeRun(text, imageShape, settle),
  })),
  {
    what: 'a run whose folded batch norms were fine-tuned',
    make: () =>
      smallRun(`model:
  layers:
    - { type: convolution, name: conv1, filters: 8, kernel: 5, stride: 3, batchNorm: folded }
    - { type: convolution, name: conv2, filters: 8, kernel: 3, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
mu: 0.05
optimizers: { gates: { learningRate: 5e-2 } }
training: { epochs: 2, batchSize: 20 }
fineTuning: { epochs: 1 }
`),
  },
];
