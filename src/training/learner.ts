import * as tf from '@tensorflow/tfjs-core';
import { bitWidths } from '../bayesian-bits/gates.js';
import { plusScaled, type GateValues } from '../bayesian-bits/gate-values.js';
import {
  phiGradients,
  sampleGates,
  testGates,
  type SampledGates,
} from '../bayesian-bits/sample.js';
import type { Compiled, NamedTensors } from '../compile/entry.js';
import type { Batch } from '../data/batch-maker.js';
import type { StepBatch } from '../data/soft-labels/step-batch.js';
import type { PlacedBatch } from '../data/placed-images.js';
import { inScope } from '../compile/scope.js';
import { ratesAt } from './optimizers/move.js';
import type { Moment } from './optimizers/transform.js';
import { priceOfGates } from './acting-gates.js';
import { dropoutMasks } from './dropout.js';
import { firstNotFinite, lastBrokenQuantizer } from './finiteness.js';
import { gradientLayout, hostLayout, quantizerValues } from './host-vector.js';
import { withAverageRate } from './average.js';
import { classLabels, expectedTensor } from './objective.js';
import type { LearnerSettings } from './learner-settings.js';
import { trainingProgram } from './program.js';
import { imageInputs, placedImagesName } from './step-images.js';
import {
  initQuantizers,
  phiOf,
  updateQuantizer,
  withBeta,
  type GateNoise,
  type QuantizerState,
} from './quantizer-state.js';

const noProducts = bitWidths.map(() => 0);

export interface StepMetrics {
  /** Cross entropy + mu * regularizer, in the step's forward pass. */
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  /** Images of the batch that were classified correctly. */
  readonly correct: number;
  /** What was not finite first, in words; undefined where everything was. */
  readonly notFinite?: string | undefined;
}

export interface Evaluation {
  /** Mean over the batch. */
  readonly crossEntropy: number;
  /** Images that were classified correctly. */
  readonly correct: number;
  /** Of shape [batch, classes], row-major. */
  readonly logits: Float32Array;
}

export interface StepOptions {
  /** Strength of the regularizer. */
  readonly mu: number;
  /** Epochs of the phase, parts included, which learning rates may depend on; default 0. */
  readonly epochsDone?: number;
}

/** A network in training: its weights on the device, its ranges and gates on the host. */
export interface Learner {
  readonly compiled: Compiled;
  /** Sets all ranges from a few images, passed through in training mode layer by layer. */
  initialiseRanges(images: Float32Array, noise: GateNoise): void;
  /** One step of training. @param batch placed where the settings' images are */
  step(batch: StepBatch | PlacedBatch, noise: GateNoise, options: StepOptions): StepMetrics;
  /** A batch at test time. @param noise draws the gates; without it they are those of test time */
  evaluate(batch: Batch, noise?: GateNoise): Evaluation;
  /**
   * Variables and statistics by their names in the plan, optimizers' means, and running means of the weights as
   * `average/NAME` where they are averaged; the caller's to dispose.
   */
  state(): NamedTensors;
  quantizers(): readonly QuantizerState[];
  setQuantizers(quantizers: readonly QuantizerState[]): void;
  /** Steps of training so far, which its optimizers count by. */
  stepsDone(): number;
  /** Goes on where another learner of the same settings was; the tensors stay the caller's. */
  restore(at: {
    /** Everything of its `state()`. */
    state: NamedTensors;
    quantizers: readonly QuantizerState[];
    stepsDone: number;
  }): void;
  dispose(): void;
}

/** @param initial the weights and biases, of the plan's shapes */
export function createLearner(settings: LearnerSettings, initial: NamedTensors): Learner {
  const { plan, gates: setups, optimizers, learns, averageWeights } = settings;
  const sites = setups.map(({ site }) => site);
  const isAveraged = averageWeights !== undefined;
  const optimizer = isAveraged
    ? withAverageRate(optimizers.weights, averageWeights)
    : optimizers.weights;
  const program = trainingProgram({ ...settings, sites, optimizer, isAveraged }, initial);
  const host = hostLayout(sites, optimizer);
  const gradients = gradientLayout(plan, sites);
  const price = settings.price(
    plan,
    setups.map(({ site: { name, macs, rounded }, smallest }) => ({
      name,
      macs,
      smallest,
      rounded,
    })),
  );
  const priced = priceOfGates(price, sites);
  let quantizers = initQuantizers(setups);
  let t = 0;

  // Evaluations do not use the rates.
  const firstStep = { t: 1, epochsDone: 0 };
  function inputs(images: Float32Array, count: number, gates: SampledGates[]) {
    return { images: tf.tensor(images, [count, ...plan.imageShape]), host: hostTensor(gates) };
  }

  function hostTensor(gates: SampledGates[], at = firstStep) {
    return tf.tensor(hostVector(gates, at), [host.size]);
  }

  function hostVector(gates: readonly SampledGates[], at: Moment) {
    const values: Record<string, ArrayLike<number>> = {};
    for (const [name, rate] of Object.entries(ratesAt(optimizer, at))) values[name] = [rate];
    quantizers.forEach((quantizer, index) => {
      Object.assign(values, quantizerValues(quantizer, gates[index] as SampledGates));
    });
    return host.pack(values);
  }

  const sample = (noise: GateNoise) =>
    quantizers.map((quantizer) =>
      sampleGates(quantizer.distribution, phiOf(quantizer), noise(quantizer.site)),
    );

  const evaluationGates = () =>
    quantizers.map((quantizer) => testGates(quantizer.distribution, phiOf(quantizer)));

  return {
    compiled: program,

    initialiseRanges(images, noise) {
      const betas = inScope(() => {
        const fed = inputs(images, settings.rangeImages, sample(noise));
        return program.run('ranges', fed).result.dataSync();
      });
      let at = 0;
      quantizers = quantizers.map((quantizer) =>
        quantizer.site.rounded ? withBeta(quantizer, betas[at++] ?? NaN) : quantizer,
      );
    },

    step(batch, noise, { mu, epochsDone = 0 }) {
      t += 1;
      const at = { t, epochsDone };
      const gates = sample(noise);
      const result = inScope(() => {
        const fed = {
          ...imageInputs(batch, plan.imageShape),
          ...dropoutMasks(plan, batch.labels.length, t, settings.dropout),
          host: hostTensor(gates, at),
          labels: expectedTensor(settings.objective ?? classLabels, plan, batch),
        };
        return program.run(`step:${batch.labels.length}`, fed).result.dataSync() as Float32Array;
      });
      const found = gradients.unpack(result);
      const [crossEntropy = NaN] = found['crossEntropy'] ?? [];
      const [correct = NaN] = found['correct'] ?? [];
      const { value: regularizer, gradients: fromPrice } = priced(quantizers);
      quantizers = quantizers.map((quantizer, index) => {
        const { name } = quantizer.site;
        // What is not rounded has neither range nor bit gates.
        const products = Array.from(found[`${name}/products`] ?? noProducts);
        const z2 = found[`${name}/z2`] ?? [];
        const fromData = phiGradients(gates[index] as SampledGates, products, z2);
        const phi = plusScaled(fromData, mu, fromPrice[index] as GateValues);
        const beta = found[`${name}/beta`]?.[0] ?? 0;
        return updateQuantizer(quantizer, { beta, phi }, { ...optimizers, learns }, at);
      });
      const loss = crossEntropy + mu * regularizer;
      const notFinite =
        firstNotFinite(plan, found['finiteness'] ?? []) ?? lastBrokenQuantizer(quantizers);
      return { loss, crossEntropy, regularizer, correct, notFinite };
    },

    evaluate({ images, labels }, noise) {
      return inScope(() => {
        const fed = {
          ...inputs(images, labels.length, noise ? sample(noise) : evaluationGates()),
          labels: tf.tensor1d(labels),
        };
        const { result, logits } = program.run(`evaluate:${labels.length}`, fed);
        const [crossEntropy = NaN, correct = NaN] = result.dataSync();
        return { crossEntropy, correct, logits: logits.dataSync() as Float32Array };
      });
    },

    state: () => program.getState([placedImagesName]),
    quantizers: () => quantizers,
    setQuantizers(next) {
      quantizers = [...next];
    },
    stepsDone: () => t,
    restore(at) {
      program.setState(at.state);
      quantizers = [...at.quantizers];
      t = at.stepsDone;
    },
    dispose() {
      program.dispose();
    },
  };
}
