import { beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { createTrainer } from '../../src/training/trainer.js';
import { phiOf } from '../../src/training/quantizer-state.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';

beforeAll(startTestBackend);

const text = `dataset: mnist
model:
  layers:
    - { type: convolution, name: wide, filters: 4, kernel: 5, stride: 4 }
    - { type: convolution, name: depthwise, filters: 4, kernel: 3, padding: 1, groups: 4 }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
optimizers: { gates: { learningRate: 0.5 } }
training: { epochs: 1, batchSize: 50 }
mu: 1
`;
const config = (...overrides: string[]) => parseConfig(text, 'test.yaml', overrides);
const dataset = learnableDataset(100, 20);
const prunedOnly = ['quantization.weights=none', 'quantization.activations=none'];

test.each([
  ['with bits', []],
  ['in full precision', prunedOnly],
])(
  'pruning %s moves the gates shared by two layers, and drops the channels of both',
  async (_, overrides) => {
    const trainer = createTrainer(config(...overrides), dataset);
    const before = trainer.quantizers().map((quantizer) => phiOf(quantizer).channels);
    await trainer.trainEpoch(1, {});
    const after = trainer.quantizers().map((quantizer) => phiOf(quantizer).channels);
    const sites = trainer.quantizers().map(({ site }) => site.name);
    const [wide, depthwise] = [sites.indexOf('wide/weight'), sites.indexOf('depthwise/weight')];
    expect(before[wide]).toHaveLength(4);
    expect(after[wide]?.every((phi, channel) => phi < (before[wide]?.[channel] ?? NaN))).toBe(true);
    expect(after[depthwise]).toHaveLength(0);
    const [first, second] = trainer.cost().layers;
    expect(second?.keptChannels).toBe(first?.keptChannels);
    expect(second?.cost.keptInputs).toBe(1);
    trainer.dispose();
  },
);

test('in full precision a depthwise convolution has a site for its gates, unless all channels stay', () => {
  const plan = createdPlan();
  const namesOf = (...overrides: string[]) =>
    setUpGates(plan, config(...prunedOnly, ...overrides)).map(({ site }) => site.name);
  expect(namesOf()).toEqual(['wide/weight', 'depthwise/weight']);
  expect(namesOf('quantization.channels=all')).toEqual([]);
});

function createdPlan() {
  const trainer = createTrainer(config(), dataset);
  const plan = trainer.plan();
  trainer.dispose();
  return plan;
}
