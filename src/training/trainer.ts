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
import type { GivenStep } from './learner.js';
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
import { firstPace, nextPace, stepsInCall } from './step/pace.js';
import { lossInWords, notBegun, stepped } from './step/position.js';
import { taught, type Teacher } from './teacher.js';

/** The training of a config's network on its data. */
export interface Trainer {
  /** Total of all phases. */
  readonly epochs: number;
  /** Number of training images used. */
  readonly images: number;
  readonly stepsPerEpoch: number;
  readonly compiled: Compiled;
  /**
   * Train for one epoch, or for the rest of a partial one; epochs after those of training are fine-tuning.
   * Yields to the event loop after every step, or after 0.2 seconds of steps on a device, so that signals are
   * handled.
   *
   * @param epoch from 1
   * @param onStep awaited after each such interval, with the steps done and the means over them
   * @throws DivergedError if the loss is not finite; the signal's reason once it is aborted
   */
  trainEpoch(
    epoch: number,
    options: {
      signal?: AbortSignal;
      onStep?: (step: number, soFar: EpochLosses) => void | Promise<void>;
    },
  ): Promise<EpochLosses>;
  /** Evaluate the test images, and held-out validation images, with test-time gates. */
  evaluate(options: { signal?: AbortSignal }): Promise<Evaluations>;
  /** Plan of the current network: fine-tuning removes folded batch norms from it. */
  plan(): Plan;
  cost(): NetworkCost;
  quantizers(): readonly QuantizerState[];
  /** The network's variables and statistics, by name; the caller disposes of them. */
  weights(): NamedTensors;
  /** Complete state for `resumeTrainer`, between two steps. */
  state(): TrainerState;
  dispose(): void;
}

export interface Evaluations {
  readonly test: SplitMetrics;
  /** Present if images are held out. */
  readonly validation?: SplitMetrics;
}

/**
 * Create a trainer at its first step.
 *
 * @param start the network's variables and statistics; default: random
 * @param teacher present if the config has one
 * @throws UserError if config and data do not fit, nothing would learn, or the budget cannot be met
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
  // Initial ranges use random training images, as one batch.
  const chosen = shuffled(train.count, stream).subarray(0, fed.sizes.rangeImages);
  const { images } = makeTrainingBatch(train, chosen);
  phase.learner.initializeRanges(images, noiseOf(config.gates.sampling, stream));
  return trainerFrom(config, dataset, setup, { phase, position: notBegun }, teacher);
}

/**
 * Create a trainer that continues another one with the same config and data, bit for bit.
 *
 * @param teacher present if the config has one
 * @throws UserError if the state belongs to another network
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

function trainerFrom(
  config: Config,
  dataset: Dataset,
  { train, validation, batchSize, sizes, streams, makeStepBatch }: TrainingSetup,
  start: { readonly phase: Phase; readonly position: Position },
  teacher: Teacher | undefined,
): Trainer {
  if (config.teacher && !teacher) throw new Error('training: the teacher of the config is missing');
  const { training } = config;
  const { stepsPerEpoch } = sizes;
  let { phase, position } = start;
  let pace = firstPace;
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
      let left = [...epochBatches(train, batchSize, streams.order, position.step)];
      while (left.length > 0) {
        await setImmediate();
        signal?.throwIfAborted();
        left = left.slice(stepsFrom(left, before));
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

  /**
   * Perform the steps of the learner's next call.
   *
   * @param left image indices of the epoch's remaining steps
   * @param before completed epochs of the phase
   * @returns the number of steps done
   */
  function stepsFrom(left: readonly Uint32Array[], before: number): number {
    const { epoch, step: first } = position;
    const { learner, noise } = phase;
    const done = (at: number) => before + (first + at) / stepsPerEpoch;
    const most = Math.min(pace.steps, learner.mostSteps(left[0]?.length ?? 0));
    const batches = left.slice(
      0,
      stepsInCall(left, most, (at) => phase.needsHost(done(at))),
    );
    const start = performance.now();
    const metrics = learner.steps(givenSteps(), noise);
    pace = nextPace(pace, metrics.length, (performance.now() - start) / 1000);
    metrics.forEach((one, at) => {
      if (one.notFinite !== undefined || !Number.isFinite(one.loss)) {
        throw diverged(epoch, first + at + 1, lossInWords(one));
      }
      position = stepped(position, one, batches[at]?.length ?? NaN);
    });
    return metrics.length;

    function* givenSteps(): Generator<GivenStep> {
      for (const [at, indices] of batches.entries()) {
        const options = phase.beforeStep(done(at));
        const own = makeStepBatch(indices);
        yield { batch: teacher && 'images' in own ? taught(own, teacher) : own, options };
      }
    }
  }

  /** Whether the position is at the end of its epoch. */
  function isOver(): boolean {
    return position.step === stepsPerEpoch;
  }

  function startFineTuning(): void {
    phase = fineTuningAfter(phase, config, runPlan(config, dataset, 'fine-tuning'), sizes);
  }
}
