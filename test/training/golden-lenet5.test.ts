import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import type { NamedTensors, ProgramMode } from '../../src/compile/entry.js';
import { batchFiller } from '../../src/data/batches.js';
import { loadDataset } from '../../src/data/load.js';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { initAdamNumbers } from '../../src/training/optimizers/adam.js';
import { learnedGates } from '../helpers/learned-gates.js';
import {
  createLearner,
  type Evaluation,
  type Learner,
  type StepMetrics,
} from '../../src/training/learner.js';
import type { Batch } from '../../src/data/batch-maker.js';
import { adamW, slotName } from '../../src/training/optimizers/optimizers.js';
import type { GateNoise, QuantizerState } from '../../src/training/quantizer-state.js';
import { readGolden } from '../helpers/golden.js';
import { modesWithXla, startTestBackend, testBackend, usesTf32 } from '../helpers/test-backend.js';
import { roundToTf32, truncateToTf32, withTf32 } from '../helpers/tf32.js';
import { expectMostWithin, tolerances, type Tolerances } from './golden-tolerances.js';
import { goldenWeights, inGoldenLayout } from './golden-weights.js';

interface Summary {
  readonly size: number;
  readonly norm: number;
  /** Some entries, by index in the golden layout. */
  readonly at: Readonly<Record<string, number>>;
}

interface Golden {
  readonly batchSize: number;
  readonly steps: number;
  readonly mu: number;
  readonly learningRate: number;
  readonly firstImage: number;
  readonly metrics: readonly Record<'loss' | 'crossEntropy' | 'regularizer', number>[];
  readonly initialWeights: { readonly start: number };
  readonly initial: Readonly<Record<string, readonly number[]>>;
  readonly noise: readonly Readonly<Record<string, readonly number[]>>[];
  readonly gradients: Readonly<Record<string, Summary>>;
  readonly final: Readonly<Record<string, Summary>>;
  readonly testLogits: { readonly values: readonly (readonly number[])[] };
}

const golden = readGolden('lenet5-steps.json') as Golden;
const plan = planNetwork(lenet5({ classes: 10, width: 1, batchNorm: 'folded' }), [28, 28, 1]);

interface Way {
  readonly what: string;
  readonly mode: ProgramMode;
  /** Rounds the operands of products to TF32, as a GPU would. */
  readonly toTf32?: (x: number) => number;
}

const ways: Way[] = modesWithXla.map((mode) => ({ what: mode, mode }));
if (testBackend === 'native-cpu') {
  ways.push({ what: 'eager, TF32 by rounding', mode: 'eager', toTf32: roundToTf32 });
  ways.push({ what: 'eager, TF32 by cutting off', mode: 'eager', toTf32: truncateToTf32 });
}

describe.each(ways)('three steps of LeNet-5, $what', ({ mode, toTf32 }) => {
  let within: Tolerances;
  let metrics: StepMetrics[];
  let gradients: Record<string, number[]>;
  let final: Record<string, number[]>;
  let evaluation: Evaluation;

  beforeAll(async () => {
    await startTestBackend();
    within = tolerances[toTf32 || (await usesTf32()) ? 'tf32' : 'float32'];
    const images = golden.testLogits.values.length;
    const batches = await trainingBatches();
    if (toTf32)
      withTf32(() => {
        train(images, batches);
      }, toTf32);
    else train(images, batches);
  });

  function train(images: number, batches: (from: number, count: number) => Batch): void {
    const learner = goldenLearner(mode, images);
    metrics = [];
    for (let step = 0; step < golden.steps; step++) {
      metrics.push(
        learner.step(batches(step * golden.batchSize, golden.batchSize), noise(step), {
          mu: golden.mu,
        }),
      );
      // After the first step, Adam's first moment is (1 - beta1) = 0.1 of the gradient.
      if (step === 0) gradients = scaled(10, parameters(learner, 'm'));
    }
    final = parameters(learner, 'value');
    evaluation = learner.evaluate(batches(0, images));
    learner.dispose();
  }

  test('matches the losses of every step', () => {
    metrics.forEach((found, step) => {
      for (const [name, expected] of Object.entries(golden.metrics[step] ?? {})) {
        const error =
          Math.abs(found[name as keyof Omit<StepMetrics, 'notFinite'>] - expected) / expected;
        expect(error, `${name} of step ${step}`).toBeLessThan(step === 0 ? 1e-4 : 1e-3);
      }
    });
  });

  test('matches the gradients of the first step', () => {
    const errors = errorsOf(golden.gradients, (name, { at, norm, size }) => {
      const found = gradients[name] ?? [];
      expect(found).toHaveLength(size);
      const errors = [normOf(found) - norm, ...differences(found, at)].map(Math.abs);
      // The gradient of a range is a small difference of large sums.
      return Math.max(...errors) / norm / (name.endsWith('/beta') ? 5 : 1);
    });
    expectMostWithin(within.gradients, errors);
  });

  test('matches the final parameters in norm', () => {
    const errors = errorsOf(golden.final, (name, { norm, size }) => {
      const found = final[name] ?? [];
      expect(found).toHaveLength(size);
      return Math.abs(normOf(found) - norm) / norm;
    });
    expectMostWithin(within.norms, errors);
  });

  test('matches the final parameters entry by entry', () => {
    const errors = Object.entries(golden.final).flatMap(([name, { at }]) =>
      differences(final[name] ?? [], at).map(
        (error, index) => [`${name} ${index}`, error] as const,
      ),
    );
    expectMostWithin(within.entries, Object.fromEntries(errors));
  });

  test('matches the test-time logits', () => {
    const expected = golden.testLogits.values.flat();
    expect(evaluation.logits).toHaveLength(expected.length);
    const difference = expected.map((value, index) => value - (evaluation.logits[index] ?? NaN));
    expect(normOf(difference)).toBeLessThan(within.logits * normOf(expected));
  });
});

function errorsOf(
  expected: Readonly<Record<string, Summary>>,
  errorOf: (name: string, summary: Summary) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, summary]) => [name, errorOf(name, summary)]),
  );
}

function differences(found: readonly number[], at: Summary['at']): number[] {
  return Object.entries(at).map(([index, expected]) =>
    Math.abs((found[Number(index)] ?? NaN) - expected),
  );
}

function goldenLearner(mode: ProgramMode, evaluationSize: number): Learner {
  const adam = { learningRate: golden.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const initial = goldenWeights(plan, golden.initialWeights.start);
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 0, 4: 0, 8: 0, 16: 0, 32: 0 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [golden.batchSize],
      evaluationSizes: [evaluationSize],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  learner.setQuantizers(
    learner.quantizers().map((quantizer): QuantizerState => {
      const { name } = quantizer.site;
      const phi = [2, ...gatedBitWidths].flatMap(
        (bits) => golden.initial[`${name}/phi${bits}`] ?? [],
      );
      return {
        ...quantizer,
        beta: initAdamNumbers(Float64Array.from(golden.initial[`${name}/beta`] ?? [])),
        phi: initAdamNumbers(Float64Array.from(phi)),
      };
    }),
  );
  return learner;
}

/** The recorded noise of a step. */
function noise(step: number): GateNoise {
  const recorded = golden.noise[step] ?? {};
  return ({ name }) => ({
    channels: Float64Array.from(recorded[`${name}/2`] ?? []),
    bits: gatedBitWidths.map((bits) => recorded[`${name}/${bits}`]?.[0] ?? NaN),
  });
}

/** Batches of consecutive images, `from` counted from the golden first image. */
async function trainingBatches(): Promise<(from: number, count: number) => Batch> {
  const dataset = await loadDataset({ name: 'mnist' });
  const fill = batchFiller(dataset);
  return (from, count) => {
    const images = new Float32Array(count * 28 * 28);
    const labels = new Int32Array(count);
    const indices = Uint32Array.from({ length: count }, (_, i) => golden.firstImage + from + i);
    fill(dataset.train, indices, images, labels);
    return { images, labels };
  };
}

/** All parameters, or their first moments in Adam, by golden name and in golden layout. */
function parameters(learner: Learner, what: 'value' | 'm'): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  const state: NamedTensors = learner.state();
  for (const spec of plan.variables) {
    const tensor = state[what === 'm' ? slotName('adam/m', spec.name) : spec.name] as tf.Tensor;
    found[spec.name] = inGoldenLayout(spec, tensor.dataSync());
  }
  tf.dispose(state);
  for (const { site, beta, phi } of learner.quantizers()) {
    const { name, gatedChannels } = site;
    found[`${name}/beta`] = Array.from(beta[what]);
    if (gatedChannels > 0) found[`${name}/phi2`] = Array.from(phi[what].slice(0, gatedChannels));
    gatedBitWidths.forEach((bits, index) => {
      found[`${name}/phi${bits}`] = [phi[what][gatedChannels + index] ?? NaN];
    });
  }
  return found;
}

function scaled(factor: number, named: Record<string, number[]>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(named).map(([name, values]) => [name, values.map((value) => factor * value)]),
  );
}

function normOf(values: readonly number[]): number {
  return Math.sqrt(values.reduce((s, v) => s + v * v, 0));
}
