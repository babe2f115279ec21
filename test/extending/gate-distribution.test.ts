import { beforeAll, describe, expect, test, vi } from 'vitest';
import { packGates } from '../../src/bayesian-bits/gate-values.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { openProbabilities } from '../../src/bayesian-bits/prior.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { sampleGates } from '../../src/bayesian-bits/sample.js';
import { parseConfig } from '../../src/config/config.js';
import { settingsHash } from '../../src/config/naming/identity.js';
import { metricsFile } from '../../src/runs/folder/metrics-file.js';
import { epochScalars } from '../../src/runs/folder/tensorboard/scalars.js';
import { inspectRun } from '../../src/runs/inspect-run.js';
import { summarizeRun } from '../../src/runs/run-summary.js';
import { setUpGates } from '../../src/setup/gate-setup.js';
import { planFor } from '../../src/setup/plan-for-config.js';
import { meetBudget } from '../../src/training/budget.js';
import { initQuantizers, phiOf } from '../../src/training/quantizer-state.js';
import { centralDifferences } from '../bayesian-bits/differences.js';
import { smallRunHere } from '../helpers/small-run.js';
import { storedLines } from '../helpers/stored.js';
import { startWhatThereIs } from '../helpers/test-backend.js';
import { hardLogistic } from './hard-logistic.js';

// Adds the example to the table, as a line there would.
vi.mock('../../src/bayesian-bits/gate-distributions.js', async (original) => {
  const module = await original<typeof import('../../src/bayesian-bits/gate-distributions.js')>();
  const { hardLogistic } = await import('./hard-logistic.js');
  return {
    ...module,
    gateDistributions: { ...module.gateDistributions, 'hard-logistic': hardLogistic },
  };
});

beforeAll(startWhatThereIs);

const grid = [-5, -1.3, -0.5, 0.2, 1.7, 4];

describe('a gate distribution', () => {
  test('has derivatives that match central differences', () => {
    for (const phi of grid) {
      for (const u of [0.1, 0.4, 0.9]) {
        const [dz] = centralDifferences(([phi = NaN]) => hardLogistic.sample(phi, u).z, [phi]);
        expect(hardLogistic.sample(phi, u).dz).toBeCloseTo(dz ?? NaN, 8);
      }
      const logQ = ([phi = NaN]: readonly number[]) =>
        Math.log(hardLogistic.probabilityOpen(phi).q);
      const [dLogQ] = centralDifferences(logQ, [phi]);
      expect(hardLogistic.probabilityOpen(phi).dLogQ).toBeCloseTo(dLogQ ?? NaN, 8);
    }
  });

  test('is open as often as its probability says', () => {
    const count = 20_000;
    for (const phi of grid) {
      const noise = Array.from({ length: count }, (_, index) => (index + 0.5) / count);
      const open = noise.filter((u) => hardLogistic.sample(phi, u).z > 0).length / count;
      expect(Math.abs(open - hardLogistic.probabilityOpen(phi).q)).toBeLessThan(1 / count);
    }
  });
});

/** A phi at which the published distribution opens the gate at test time, and the other closes it. */
const between = -0.5;
const network = `model:
  layers:
    - { type: convolution, name: c, filters: 4, kernel: 5, stride: 3 }
    - { type: flatten }
    - { type: dense, name: out, units: 10 }
`;
const configOf = (distribution: string) => `${network}gates:
  distribution: ${distribution}
  initialPhi: { 2: 6, 4: 6, 8: ${between}, 16: -6, 32: -6 }
optimizers: { gates: { learningRate: 1e-9 } }
training: { epochs: 1, batchSize: 50, images: 100 }
`;
const both = ['hard-concrete', 'hard-logistic'] as const;
const parsed = (name: string) => parseConfig(`dataset: mnist\n${configOf(name)}`, 'c.yaml');

describe('the distribution of the config is used in', () => {
  const plan = planFor(parsed('hard-concrete').model, {
    name: 'mnist',
    classes: 10,
    imageShape: [28, 28, 1],
  });
  const quantizersOf = (name: string) => initQuantizers(setUpGates(plan, parsed(name)));

  test('the settings hash, unless it is the default', () => {
    const [published, other] = both.map((name) => settingsHash(parsed(name)));
    const silent = configOf('x').replace('  distribution: x\n', '');
    expect(published).toBe(settingsHash(parseConfig(`dataset: mnist\n${silent}`, 'c.yaml')));
    expect(other).not.toBe(published);
  });

  test('sampling, the prior and budgets', () => {
    const found = both.map((name) => {
      const quantizers = quantizersOf(name);
      const [first] = quantizers;
      if (!first) throw new Error('expected quantizers');
      const noise = { channels: new Float64Array(4).fill(0.6), bits: [0.6, 0.6, 0.6, 0.6] };
      const { z } = sampleGates(first.distribution, phiOf(first), noise);
      const price = prices.bops(
        plan,
        quantizers.map(({ site }) => ({ ...site, smallest: 2 })),
      );
      const open = quantizers.map((one) => openProbabilities(one.distribution, phiOf(one)));
      const [met] = meetBudget(plan, quantizers, 2);
      return { z: packGates(z), price: price(open).value, fixed: met?.phi.value };
    });
    const [published, other] = found;
    expect(other?.z).not.toEqual(published?.z);
    expect(other?.price).not.toBeCloseTo(published?.price ?? NaN, 6);
    expect(published?.fixed?.every((phi) => Math.abs(phi) === 1000)).toBe(true);
    expect(other?.fixed?.every((phi) => Math.abs(phi) === 2000)).toBe(true);
  });

  test('metrics, inspect, TensorBoard and reports of a run', async () => {
    const found = await Promise.all(
      both.map(async (name) => {
        const folder = await smallRunHere(configOf(name));
        const [line] = await storedLines(folder, metricsFile);
        if (!line) throw new Error('expected an epoch');
        const distribution = { 'hard-concrete': hardConcrete, 'hard-logistic': hardLogistic }[name];
        const { config, epochs, network } = await summarizeRun(folder);
        return {
          name: config?.gates.distribution,
          regularizer: line.regularizer,
          metrics: line.quantizers[0]?.bits,
          inspected: (await inspectRun(folder, undefined)).layers[0]?.weightBits,
          reported: network?.layers[0]?.weightBits,
          openPercent: epochs[0]?.gates[0]?.openPercent['8'],
          tensorBoard: epochScalars(line, distribution).find(({ tag }) => tag.endsWith('/8bits'))
            ?.value,
        };
      }),
    );
    const [published, other] = found;
    const bits = (width: number) => ({ metrics: width, inspected: width, reported: width });
    expect(published).toMatchObject({ name: 'hard-concrete', ...bits(8) });
    expect(other).toMatchObject({ name: 'hard-logistic', ...bits(4) });
    const { q } = hardLogistic.probabilityOpen(between);
    expect(other?.openPercent).toBeCloseTo(100 * q, 5);
    expect(other?.tensorBoard).toBeCloseTo(q, 7);
    expect(published?.openPercent).toBeCloseTo(100 * hardConcrete.probabilityOpen(between).q, 5);
    expect(other?.regularizer).not.toBeCloseTo(published?.regularizer ?? NaN, 6);
  });
});
