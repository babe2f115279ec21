import { learnableMnist } from './learnable-mnist.js';

/**
 * A run of three short epochs that draws random numbers for every purpose, for tests that stop and resume it.
 * It uses WebAssembly, which starts in half the time; pass `backend=auto` if the backend is the subject.
 */
export async function stoppableConfig(): Promise<string> {
  return `dataset: { name: mnist, path: ${await learnableMnist()} }
model:
  layers:
    - { type: convolution, name: conv1, filters: 4, kernel: 5, stride: 3, batchNorm: folded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
backend: wasm
optimizers: { gates: { learningRate: 5e-2 } }
training: { epochs: 3, batchSize: 8, augmentation: crop-and-flip }
`;
}
