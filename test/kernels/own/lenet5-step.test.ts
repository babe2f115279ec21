import { beforeAll, expect, test } from 'vitest';
import { loadProfiler, type ProfilerAddon } from '../../../bench/profile/addon.js';
import { kernelRuns, type Output } from '../../../bench/profile/step-stats.js';
import { timedStep } from '../../../bench/profile/timed-step.js';
import { measured, noiseDataset } from '../../../bench/step.js';
import { findSuite, type Suite } from '../../../bench/suites.js';
import { startNative } from '../../helpers/test-backend.js';

/** What a step of LeNet-5 takes on any machine, and with any width and batch. */
const batchSize = 3;
const suite = findSuite('lenet5', 1 / 16, batchSize) as Suite;
/** Numbers in what the first convolution makes. */
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
  // Images, labels and what the host gives go in, and what the host needs comes out.
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
    // oneDNN's kernels have TensorFlow's names after their own.
    .map(({ op }) => op.replace(/^_(MklNative)?/, ''))
    // It hands tensors on.
    .filter((op) => op !== 'Switch');
  expect(found.sort()).toEqual(passes.sort());
});
