import { beforeAll, expect, test } from 'vitest';
import { loadProfiler, type ProfilerAddon } from '../../../bench/profile/addon.js';
import { kernelRuns, type Output } from '../../../bench/profile/step-stats.js';
import { timedStep } from '../../../bench/profile/timed-step.js';
import { measured, noiseDataset } from '../../../bench/step.js';
import { findSuite, type Suite } from '../../../bench/suites.js';
import { startNative } from '../../helpers/test-backend.js';

/** Small, since a step's counts do not depend on the machine, width or batch size. */
const batchSize = 3;
const suite = findSuite('lenet5', 1 / 16, batchSize) as Suite;
/** The size of the first convolution's output. */
const largest = batchSize * 24 * 24 * 2;

let addon: ProfilerAddon;
beforeAll(async () => {
  addon = await loadProfiler();
  await startNative();
});

const ofBoth = ['BbitsMaxPoolGradient', 'Conv2DBackpropFilter', 'FusedConv2D', 'MaxPool', 'Sum'];
const quantizer = ['BbitsQuantize', 'BbitsQuantizeGradient'];

test.each([
  ['full precision', 189, [...ofBoth, 'ReluGrad']],
  ['as a run starts (8 bits)', 223, [...ofBoth, ...quantizer]],
  ['all five levels open', 223, [...ofBoth, ...quantizer]],
  ['all gates interior', 223, [...ofBoth, ...quantizer]],
])('%s: at most %d kernels, and passes over the largest tensor: %j', (name, most, passes) => {
  const setting = suite.settings[name];
  if (!setting) throw new Error(`no setting "${name}"`);
  const program = measured(suite, setting, noiseDataset(suite));
  program.step();
  const { run, calls } = timedStep(program, addon, { isTraced: true });
  program.dispose();
  // Transfers of images, labels and host values in, and of the results out.
  expect(calls).toMatchObject({ createTensor: 3, runSavedModel: 1, tensorDataSync: 1 });

  const kernels = kernelRuns(run[2]);
  expect(kernels.length).toBeLessThanOrEqual(most);
  const made = new Map(kernels.map(({ node, outputs }) => [node, outputs[0]]));
  const isLarge = (tensor: Output | undefined) =>
    (tensor?.shape ?? []).reduce((a, b) => a * b, 1) >= largest;
  const found = kernels
    .filter(({ inputs, outputs }) =>
      [...outputs, ...inputs.map((name) => made.get(name))].some(isLarge),
    )
    // oneDNN's kernels are named like TensorFlow's, with a prefix.
    .map(({ op }) => op.replace(/^_(MklNative)?/, ''))
    // A Switch only forwards tensors.
    .filter((op) => op !== 'Switch');
  expect(found.sort()).toEqual(passes.sort());
});
