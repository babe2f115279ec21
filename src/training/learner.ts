import * as tf from '@tensorflow/tfjs-core';
import { testGates, type SampledGates } from '../bayesian-bits/sample.js';
import type { Compiled, NamedTensors } from '../compile/entry.js';
import { prefersXla } from '../compile/native-backend.js';
import { inScope } from '../compile/scope.js';
import { RefusedByXla } from '../compile/xla/refused.js';
import type { Batch } from '../data/batch-maker.js';
import type { PlacedBatch } from '../data/placed-images.js';
import type { StepBatch } from '../data/soft-labels/step-batch.js';
import { withAverageRate } from './average.js';
import { hostLayout, quantizerValues } from './host-vector.js';
import type { LearnerSettings } from './learner-settings.js';
import { deviceHome } from './on-device/device-home.js';
import { deviceQuantizers, stackNames } from './on-device/device-quantizers.js';
import { mostSteps } from './on-device/several-steps.js';
import { whatDevicesNeed } from './on-device/what-devices-need.js';
import { hostHome } from './on-host/host-home.js';
import { ratesAt } from './optimizers/move.js';
import type { Moment } from './optimizers/transform.js';
import { stepSpecs, trainingProgram } from './program.js';
import {
  phiOf,
  sampleAll,
  withBeta,
  type GateNoise,
  type QuantizerState,
} from './quantizer-state.js';
import { placedImagesName } from './step-images.js';

export interface StepMetrics {
  /** Cross entropy + mu * regularizer, of the step's forward pass. */
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  /** Correctly classified images of the batch. */
  readonly correct: number;
  /** Description of the first non-finite value; undefined if all are finite. */
  readonly notFinite?: string | undefined;
}

export interface Evaluation {
  /** Mean over the batch. */
  readonly crossEntropy: number;
  /** Number of correctly classified images. */
  readonly correct: number;
  /** Shape [batch, classes], row-major. */
  readonly logits: Float32Array;
}

export interface StepOptions {
  /** Strength of the regularizer. */
  readonly mu: number;
  /** Epochs of the phase done so far, with fractions, for learning rate schedules; default 0. */
  readonly epochsDone?: number;
}

/** Inputs of one step. */
export interface GivenStep {
  /** A placed batch if the settings place images on the device. */
  readonly batch: StepBatch | PlacedBatch;
  readonly options: StepOptions;
}

/**
 * A network in training: its weights are on the device, its ranges and gates on the host in float64 or, under
 * XLA where possible, on the device in float32 (`on-device`).
 */
export interface Learner {
  readonly compiled: Compiled;
  /** Initialize all ranges layer by layer from a forward pass of a few images in training mode. */
  initializeRanges(images: Float32Array, noise: GateNoise): void;
  /** Perform one training step. @param batch a placed batch if the settings place images on the device */
  step(batch: StepBatch | PlacedBatch, noise: GateNoise, options: StepOptions): StepMetrics;
  /** Maximum number of steps in one call of `steps` without synchronization with the host, for a batch size. */
  mostSteps(batchSize: number): number;
  /**
   * Perform steps on batches of one size, bit-identical to single steps; end after a step with a non-finite
   * value.
   *
   * @param given yields each step after the previous one's arrays have been read, so they may share memory
   */
  steps(given: Iterable<GivenStep>, noise: GateNoise): StepMetrics[];
  /** Evaluate a batch. @param noise samples the gates; default: test-time gates */
  evaluate(batch: Batch, noise?: GateNoise): Evaluation;
  /**
   * Copy the variables and statistics by their names in the plan, the optimizers' moments, and the weights'
   * moving averages, if kept, as `average/NAME`; the caller disposes of the copies.
   */
  state(): NamedTensors;
  quantizers(): readonly QuantizerState[];
  setQuantizers(quantizers: readonly QuantizerState[]): void;
  /** Training steps done so far, as counted by the optimizers. */
  stepsDone(): number;
  /** Continue from the state of another learner with the same settings; the caller keeps the tensors. */
  restore(at: {
    /** The other learner's complete `state()`. */
    state: NamedTensors;
    quantizers: readonly QuantizerState[];
    stepsDone: number;
  }): void;
  dispose(): void;
}

/**
 * Create a learner. If XLA compiles the steps, ranges and gates are on the device where possible: see
 * `whatDevicesNeed`.
 *
 * @param initial the network's variables and statistics
 * @throws RefusedByXla if the settings require XLA and it cannot compile the steps
 */
export function createLearner(settings: LearnerSettings, initial: NamedTensors): Learner {
  const { mode, batchSizes } = settings;
  const isXla = mode === 'xla' || (mode === undefined && prefersXla());
  // A learner that only evaluates has no training steps for XLA to compile.
  if (!isXla || batchSizes.length === 0) return learnerOf(settings, initial);
  try {
    return learnerOf({ ...settings, mode: 'xla' }, initial);
  } catch (error) {
    if (mode === 'xla' || !(error instanceof RefusedByXla)) throw error;
    const learner = learnerOf({ ...settings, mode: 'graph' }, initial);
    return { ...learner, compiled: { mode: 'graph', refusedByXla: error.message } };
  }
}

function learnerOf(settings: LearnerSettings, initial: NamedTensors): Learner {
  const { plan, gates: setups, optimizers, averageWeights, mode } = settings;
  const sites = setups.map(({ site }) => site);
  const isAveraged = averageWeights !== undefined;
  const optimizer = isAveraged
    ? withAverageRate(optimizers.weights, averageWeights)
    : optimizers.weights;
  const price = settings.price(
    plan,
    setups.map(({ site: { name, macs, rounded }, smallest }) => ({
      name,
      macs,
      smallest,
      rounded,
    })),
  );
  const own = mode === 'xla' ? whatDevicesNeed(setups, price) : undefined;
  const onDevice = own && deviceQuantizers({ ...settings, ...own, sites, optimizer });
  const programSettings = { ...settings, sites, optimizer, isAveraged, onDevice };
  const program = trainingProgram(programSettings, initial);
  const host = hostLayout(sites, optimizer);
  const home = onDevice
    ? deviceHome(settings, program, onDevice, own.distribution, optimizer, (batchSize) =>
        mostSteps(stepSpecs(programSettings, batchSize)),
      )
    : hostHome(settings, program, price, hostTensor);
  let t = 0;

  // Evaluations do not use the rates.
  const firstStep = { t: 1, epochsDone: 0 };
  function inputs(images: Float32Array, count: number, gates: SampledGates[]) {
    return {
      images: tf.tensor(images, [count, ...plan.imageShape]),
      host: hostTensor(home.quantizers(), gates, firstStep),
    };
  }

  function hostTensor(
    quantizers: readonly QuantizerState[],
    gates: readonly SampledGates[],
    at: Moment,
  ) {
    const values: Record<string, ArrayLike<number>> = {};
    for (const [name, rate] of Object.entries(ratesAt(optimizer, at))) values[name] = [rate];
    quantizers.forEach((quantizer, index) => {
      Object.assign(values, quantizerValues(quantizer, gates[index] as SampledGates));
    });
    return tf.tensor(host.pack(values), [host.size]);
  }

  function steps(given: Iterable<GivenStep>, noise: GateNoise): StepMetrics[] {
    const metrics = home.steps(given, noise, t + 1);
    t += metrics.length;
    return metrics;
  }

  const evaluationGates = () =>
    home.quantizers().map((quantizer) => testGates(quantizer.distribution, phiOf(quantizer)));

  return {
    compiled: program,

    initializeRanges(images, noise) {
      const betas = inScope(() => {
        const fed = inputs(images, settings.rangeImages, sampleAll(home.quantizers(), noise));
        return program.run('ranges', fed).result.dataSync();
      });
      let at = 0;
      home.setQuantizers(
        home
          .quantizers()
          .map((quantizer) =>
            quantizer.site.rounded ? withBeta(quantizer, betas[at++] ?? NaN) : quantizer,
          ),
      );
    },

    step: (batch, noise, options) => steps([{ batch, options }], noise)[0] as StepMetrics,
    mostSteps: (batchSize) => home.mostSteps(batchSize),
    steps,

    evaluate({ images, labels }, noise) {
      return inScope(() => {
        const gates = noise ? sampleAll(home.quantizers(), noise) : evaluationGates();
        const fed = {
          ...inputs(images, labels.length, gates),
          labels: tf.tensor1d(labels),
        };
        const { result, logits } = program.run(`evaluate:${labels.length}`, fed);
        const [crossEntropy = NaN, correct = NaN] = result.dataSync();
        return { crossEntropy, correct, logits: logits.dataSync() as Float32Array };
      });
    },

    state: () => program.getState((name) => !isOwn(name)),
    quantizers: () => home.quantizers(),
    setQuantizers(next) {
      home.setQuantizers(next);
    },
    stepsDone: () => t,
    restore(at) {
      program.setState(at.state);
      home.setQuantizers(at.quantizers);
      t = at.stepsDone;
    },
    dispose() {
      program.dispose();
    },
  };
}

/** Whether a part of the program's state is excluded from `state()`: the images, and the quantizers' state. */
function isOwn(name: string): boolean {
  return name === placedImagesName || stackNames.some((stack) => stack === name);
}
