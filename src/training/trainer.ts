import * as tf from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import type { Compiled, NamedTensors } from '../compile/entry.js';
import type { Config } from '../config/config.js';
import { epochBatches } from '../data/batches.js';
import type { Dataset, Split } from '../data/dataset.js';
import type { Plan } from '../nn/plan.js';
import { randomStream, shuffled } from '../random.js';
import { allEpochs, phaseOf } from '../setup/epochs.js';
import { evaluateSplit, type SplitMetrics } from './evaluate.js';
import { fineTuningAfter, fineTuningPhase } from './phases/fine-tuning-phase.js';
import { diverged } from './divergence.js';
import type { StepMetrics } from './learner.js';
import { mainPhase } from './phases/main-phase.js';
import type { NetworkCost } from '../setup/network-cost.js';
import { runPlan } from '../setup/plan-for-config.js';
import type { Phase } from './phases/phase.js';
import { withPlacedImages } from './phases/placed-images.js';
import { noiseOf, testTimeCost, type QuantizerState } from './quantizer-state.js';
import {
  phaseTensors,
  restorePhase,
  tensorsNamed,
  weightsOf,
  type Position,
  type StreamName,
  type TrainerState,
  type EpochLosses,
} from './trainer-state.js';
import { trainingSetup, type TrainingSetup } from '../setup/training-setup.js';
import { taught, type Teacher } from './teacher.js';

/** An experiment in training: a config's network on its data. */
export interface Trainer {
  /** Of all phases. */
  readonly epochs: number;
  /** Training images that are used. */
  readonly images: number;
  readonly stepsPerEpoch: number;
  readonly compiled: Compiled;
  /**
   * Trains for one epoch, or for what is left of it where it was begun; those after training's are of
   * fine-tuning. It lets the event loop run once a step, so that signals arrive.
   *
   * @param epoch from 1
   * @param onStep is waited for after each step, numbered from 1, with the means over the epoch so far
   * @throws DivergedError where the loss is no longer a number; the signal's reason once it is aborted
   */
  trainEpoch(
    epoch: number,
    options: {
      signal?: AbortSignal;
      onStep?: (step: number, soFar: EpochLosses) => void | Promise<void>;
    },
  ): Promise<EpochLosses>;
  /** The test images, and those held out for validation, with test-time gates. */
  evaluate(options: { signal?: AbortSignal }): Promise<Evaluations>;
  /** Of the network as it is now: fine-tuning takes folded batch norms out of it. */
  plan(): Plan;
  cost(): NetworkCost;
  quantizers(): readonly QuantizerState[];
  /** The network's variables and statistics, by name; the caller's to dispose. */
  weights(): NamedTensors;
  /** All that `resumeTrainer` goes on from; between two steps. */
  state(): TrainerState;
  dispose(): void;
}

export interface Evaluations {
  readonly test: SplitMetrics;
  /** Only where images are held out. */
  readonly validation?: SplitMetrics;
}

/**
 * @param start the network's variables and statistics; without it they are random
 * @param teacher where the config has one
 */
export function createTrainer(
  config: Config,
  dataset: Dataset,
  start?: NamedTensors,
  teacher?: Teacher,
): Trainer {
  const fed = trainingSetup(config, dataset);
  const { plan, streams, makeTrainingBatch, train } = fed;
  const { setup, phase } = withPlacedImages(fed, (sizes) =>
    mainPhase(config, plan, sizes, streams.gates, start),
  );
  const stream = randomStream(config.seed, 'initial ranges');
  // The first images of a shuffled batch.
  const chosen = shuffled(train.count, stream).subarray(0, fed.sizes.rangeImages);
  const { images } = makeTrainingBatch(train, chosen);
  phase.learner.initialiseRanges(images, noiseOf(config.gates.sampling, stream));
  return trainerFrom(config, dataset, setup, { phase, position: notBegun }, teacher);
}

/**
 * A trainer that goes on where another one of the same config and data was, to the bit.
 *
 * @param teacher where the config has one
 * @throws UserError if the state is that of another network
 */
export function resumeTrainer(
  config: Config,
  dataset: Dataset,
  state: TrainerState,
  teacher?: Teacher,
): Trainer {
  const fed = trainingSetup(config, dataset);
  const { streams } = fed;
  const phaseName = phaseOf(config, state.position.epoch);
  const plan = runPlan(config, dataset, phaseName);
  const names = [...plan.variables, ...plan.statistics].map(({ name }) => name);
  const start = tensorsNamed(names, state);
  const { setup, phase } = withPlacedImages(fed, (sizes) =>
    phaseName === 'fine-tuning'
      ? fineTuningPhase(config, plan, sizes, start)
      : mainPhase(config, plan, sizes, streams.gates, start),
  );
  tf.dispose(start);
  restorePhase(phase, state);
  for (const [name, at] of Object.entries(state.streams)) {
    streams[name as StreamName].restore(at);
  }
  return trainerFrom(config, dataset, setup, { phase, position: state.position }, teacher);
}

const notBegun: Position = {
  epoch: 0,
  step: 0,
  images: 0,
  means: { loss: 0, crossEntropy: 0, regularizer: 0, accuracyPercent: 0 },
};

function trainerFrom(
  config: Config,
  dataset: Dataset,
  { train, validation, batchSize, sizes, streams, makeStepBatch }: TrainingSetup,
  start: { readonly phase: Phase; readonly position: Position },
  teacher: Teacher | undefined,
): Trainer {
  if (config.teacher && !teacher) throw new Error('training: a config with a teacher needs one');
  const { training } = config;
  const { stepsPerEpoch } = sizes;
  let { phase, position } = start;
  let orderAtStart = streams.order.state();

  return {
    epochs: allEpochs(config),
    images: train.count,
    stepsPerEpoch,
    compiled: phase.learner.compiled,

    async trainEpoch(epoch, { signal, onStep }) {
      if (epoch === training.epochs + 1 && position.epoch === training.epochs) startFineTuning();
      if (epoch !== position.epoch) position = { ...notBegun, epoch };
      else if (isOver()) return position.means;
      else streams.order.restore(orderAtStart);
      orderAtStart = streams.order.state();
      const before = epoch > training.epochs ? epoch - training.epochs - 1 : epoch - 1;
      for (const indices of epochBatches(train, batchSize, streams.order, position.step)) {
        await setImmediate();
        signal?.throwIfAborted();
        const { step } = position;
        const options = phase.beforeStep(before + step / stepsPerEpoch);
        const own = makeStepBatch(indices);
        const batch = teacher && 'images' in own ? taught(own, teacher) : own;
        const metrics = phase.learner.step(batch, phase.noise, options);
        if (metrics.notFinite !== undefined || !Number.isFinite(metrics.loss)) {
          throw diverged(epoch, step + 1, lossInWords(metrics));
        }
        position = stepped(position, metrics, indices.length);
        await onStep?.(position.step, position.means);
      }
      return position.means;
    },

    async evaluate(options) {
      const { learner } = phase;
      const on = (split: Split) =>
        evaluateSplit(dataset, split, (batch) => learner.evaluate(batch), options);
      const found = { test: await on(dataset.test) };
      return validation ? { ...found, validation: await on(validation) } : found;
    },

    plan: () => phase.plan,
    cost: () => testTimeCost(phase.plan, phase.learner.quantizers()),
    quantizers: () => phase.learner.quantizers(),
    weights: () => weightsOf(phase),
    state: () => ({
      position,
      streams: {
        order: isOver() ? streams.order.state() : orderAtStart,
        gates: streams.gates.state(),
        augmentation: streams.augmentation.state(),
      },
      stepsDone: phase.learner.stepsDone(),
      budget: phase.budget?.state,
      tensors: phaseTensors(phase),
    }),
    dispose: () => {
      phase.learner.dispose();
    },
  };

  /** Whether the position is the end of its epoch. */
  function isOver(): boolean {
    return position.step === stepsPerEpoch;
  }

  function startFineTuning(): void {
    phase = fineTuningAfter(phase, config, runPlan(config, dataset, 'fine-tuning'), sizes);
  }
}

/** @param batch images in the step */
function stepped(
  { epoch, step, images, means }: Position,
  { loss, crossEntropy, regularizer, correct }: StepMetrics,
  batch: number,
): Position {
  const all = images + batch;
  const updated = (mean: number, value: number) => mean + (value - mean) * (batch / all);
  return {
    epoch,
    step: step + 1,
    images: all,
    means: {
      loss: updated(means.loss, loss),
      crossEntropy: updated(means.crossEntropy, crossEntropy),
      regularizer: updated(means.regularizer, regularizer),
      accuracyPercent: updated(means.accuracyPercent, (100 * correct) / batch),
    },
  };
}

function lossInWords({ crossEntropy, notFinite }: StepMetrics): string {
  const first = notFinite === undefined ? '' : `; not finite first: ${notFinite}`;
  return `the cross entropy is ${crossEntropy}${first}`;
}
