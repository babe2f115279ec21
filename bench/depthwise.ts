import { fileURLToPath } from 'node:url';
import { hasPytorch, startPytorchScript } from './pytorch.js';
import { startSteps } from './step-process.js';
import { median } from './times.js';

/**
 * `npm run bench:depthwise [-- ROUNDS]`: milliseconds of a depthwise 3x3 convolution with both gradients, as
 * in MobileNetV2, on native TensorFlow, WebAssembly and PyTorch, in interleaved rounds.
 */
const rounds = Number(process.argv[2] ?? '10');
const [batch, size, channels] = ['32', '16', '192'] as const;
const sizes = [batch, size, channels];
const script = fileURLToPath(new URL('depthwise-step.ts', import.meta.url));

const subjects = {
  'native TensorFlow': startSteps('npx', ['tsx', script, 'native-cpu', ...sizes]),
  WebAssembly: startSteps('npx', ['tsx', script, 'wasm', ...sizes]),
  ...(hasPytorch()
    ? {
        'PyTorch, contiguous': startPytorchScript('depthwise-step.py', [...sizes, 'contiguous']),
        'PyTorch, channels_last': startPytorchScript('depthwise-step.py', [
          ...sizes,
          'channels_last',
        ]),
      }
    : {}),
};
const medians = new Map<string, number[]>();
const warmUp = 2;
for (let round = -warmUp; round < rounds; round++) {
  for (const [name, process] of Object.entries(subjects)) {
    const times = await process.run(4);
    if (round >= 0) medians.set(name, [...(medians.get(name) ?? []), median(times)]);
  }
}
const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell, i) => cell.padEnd(i === 0 ? 26 : 10)).join('')}\n`);
line([`${batch} images of ${size}x${size}x${channels}`, 'median ms', 'least ms']);
for (const [name, times] of medians) {
  line([name, ...[median(times), Math.min(...times)].map((ms) => ms.toFixed(1))]);
}
for (const process of Object.values(subjects)) process.close();
