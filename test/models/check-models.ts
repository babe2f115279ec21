import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { models, type ModelName } from '../../src/models/models.js';
import type { BatchNormKind, Network } from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/files/safetensors.js';
import { anyNetwork } from '../helpers/any-network.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner, type Learner } from '../../src/training/learner.js';
import type { LearnerSettings } from '../../src/training/learner-settings.js';
import type { Batch } from '../../src/data/batch-maker.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { noNoise, phiOf } from '../../src/training/quantizer-state.js';
import type { NamedTensors } from '../../src/compile/entry.js';

const imageShape = [16, 16, 3] as const;
const pixels = 16 * 16 * 3;
const classes = 10;
const batchSize = 16;

export interface ModelCase {
  readonly name: ModelName;
  readonly width: number;
  readonly batchNorm: BatchNormKind;
  /** Of weights, gates and ranges. Default: 5e-3, which is too high for deep networks without ReLUs. */
  readonly learningRate?: number;
}

/** Images of noise, which can only be memorized. */
function batch(): Batch {
  const stream = randomStream(4, 'images');
  return {
    images: Float32Array.from({ length: batchSize * pixels }, () => stream.normal()),
    labels: Int32Array.from({ length: batchSize }, (_, index) => index % classes),
  };
}

/** Narrow models on small images, since full ones would take hours. */
export function checkModels(cases: readonly ModelCase[]): void {
  checkNetworks(
    cases.map(({ name, width, batchNorm, learningRate }) => ({
      title: `${name}, width ${width}, batch norm ${batchNorm}`,
      network: models[name]({ classes, width, batchNorm }),
      learningRate,
    })),
  );
}

/** Checks random networks, the same ones each time, since not every network can learn. */
export function checkAnyNetworks(count: number, seed: number): void {
  const networks = fc.sample(anyNetwork(imageShape, classes, 12), { numRuns: count, seed });
  checkNetworks(
    networks.map((network, index) => ({ title: `network ${index + 1}, seed ${seed}`, network })),
  );
}

interface Checked {
  readonly title: string;
  readonly network: Network;
  readonly learningRate?: number | undefined;
}

/**
 * Checks that each network learns, survives saving and loading, leaks no tensors and passes gradients to all of its
 * gates.
 */
function checkNetworks(cases: readonly Checked[]): void {
  describe.each(cases)('$title', ({ network, learningRate = 5e-3 }) => {
    const plan = planNetwork(network, imageShape);
    const adam = { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const settings: Omit<LearnerSettings, 'batchSizes'> = {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 0.5, 4: 0.5, 8: 0.5, 16: 0.5, 32: 0.5 }),
      // Without noise, every gate is strictly between 0 and 1.
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      evaluationSizes: [batchSize],
      rangeImages: 2,
      dropout: (step) => randomStream(step, 'dropout'),
    };
    const started = (initial: NamedTensors, batchSizes: readonly number[]): Learner => {
      const learner = createLearner({ ...settings, batchSizes }, initial);
      tf.dispose(initial);
      return learner;
    };
    const { images, labels } = batch();
    let learner: Learner;
    beforeAll(() => {
      learner = started(initialWeights(plan, randomStream(3, 'checker')), [batchSize]);
      learner.initializeRanges(images.subarray(0, 2 * pixels), noNoise);
      return () => {
        learner.dispose();
      };
    });
    const step = () => learner.step({ images, labels }, noNoise, { mu: 0 });

    test('lowers the loss in one step, with a gradient for every kind of gate', () => {
      const before = learner.quantizers();
      const { loss } = step();
      before.forEach((quantizer, index) => {
        const [old, now] = [quantizer, learner.quantizers()[index] ?? quantizer].map(phiOf);
        old?.bits.forEach((phi, bit) => {
          expect(now?.bits[bit], `${quantizer.site.name}, gate ${bit}`).not.toBe(phi);
        });
        const moved = old?.channels.filter((phi, channel) => phi !== now?.channels[channel]);
        // A channel whose ReLU never fires gets no gradient.
        expect(moved?.length).toBeGreaterThanOrEqual(quantizer.site.gatedChannels > 0 ? 1 : 0);
      });
      expect(step().loss).toBeLessThan(loss);
    });

    test('memorizes 16 images, and leaks no tensors', () => {
      const { numTensors } = tf.memory();
      let correct = 0;
      for (let count = 0; count < 150 && correct < 15; count++) ({ correct } = step());
      expect(correct).toBeGreaterThanOrEqual(15);
      const { logits } = learner.evaluate({ images, labels });
      expect(logits).toHaveLength(batchSize * classes);
      expect(tf.memory().numTensors).toBe(numTensors);
    });

    test('gives the same logits after saving and loading', () => {
      const { logits } = learner.evaluate({ images, labels });
      const state = learner.state();
      const names = [...plan.variables, ...plan.statistics].map((spec) => spec.name);
      const saved = encodeSafetensors(
        Object.fromEntries(
          names.map((name) => {
            const tensor = state[name] as tf.Tensor;
            return [name, { shape: tensor.shape, values: tensor.dataSync<'float32'>() }];
          }),
        ),
        {},
      );
      tf.dispose(state);
      const loaded = Array.from(
        decodeSafetensors(saved, 'saved'),
        ([name, { shape, values }]) =>
          [name, tf.tensor(Float32Array.from(values), [...shape])] as const,
      );
      // It only evaluates, which saves tracing a step.
      const other = started(Object.fromEntries(loaded), []);
      other.setQuantizers(learner.quantizers());
      expect(other.evaluate({ images, labels }).logits).toEqual(logits);
      other.dispose();
    });
  });
}
