import * as tf from '@tensorflow/tfjs-core';
import {
  entry,
  type Entries,
  type Entry,
  type NamedTensors,
  type Program,
  type TensorSpec,
} from '../compile/entry.js';
import { compile } from '../compile/program.js';
import { inScope } from '../compile/scope.js';
import { forward } from '../nn/forward.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';
import { dropoutSpec, masksFrom } from './dropout.js';
import { hostLayout, quantizersFrom } from './host-vector.js';
import { evaluatedTensors, initialAverages } from './average.js';
import { classLabels } from './objective.js';
import { smallestBeta } from './quantizer-state.js';
import type { VectorLayout } from './vector-layout.js';
import { slotName } from './optimizers/optimizers.js';
import { severalSteps } from './on-device/several-steps.js';
import { imageSpecs, imagesOf, placedState } from './step-images.js';
import { pick, tensorNames } from './step/named-tensors.js';
import { networkStep, trainingMode } from './step/network-step.js';
import type { ProgramSettings } from './step/program-settings.js';
import { hostQuantizers } from './step/quantizers-in-step.js';

/**
 * The computations of a training run as one program with shared weights and optimizer state: `step:N` trains
 * on a batch of N, `evaluate:N` evaluates one, `ranges` computes initial ranges.
 *
 * Ranges and gates are on the host unless the settings put them on the device. They are fed as one vector
 * with the step's rates, and their gradients are fetched as one: see `hostLayout` and `gradientLayout`.
 *
 * @param initial the network's variables and statistics
 */
export function trainingProgram(settings: ProgramSettings, initial: NamedTensors): TrainingProgram {
  const { batchSizes, evaluationSizes, mode } = settings;
  const entries: TrainingEntries = { ranges: rangesEntry(settings) };
  for (const size of batchSizes) {
    const step = stepEntry(settings, size);
    entries[`step:${size}`] = settings.onDevice ? severalSteps(step) : step;
  }
  for (const size of evaluationSizes) entries[`evaluate:${size}`] = evaluationEntry(settings, size);
  return inScope(() => {
    const { optimizer, isAveraged } = settings;
    const slots = settings.plan.variables.flatMap(({ name, shape }) =>
      optimizer.slots.map((slot) => [slotName(slot, name), tf.zeros([...shape])]),
    );
    const state = {
      ...initial,
      ...(Object.fromEntries(slots) as NamedTensors),
      ...(isAveraged ? initialAverages(initial) : {}),
      ...placedState(settings.placed),
      ...settings.onDevice?.initial(),
    };
    return compile(state, entries, mode ? { mode } : {});
  });
}

export type TrainingProgram = Program<TrainingEntries>;
interface TrainingEntries extends Entries {
  [name: `step:${number}`]: Entry<string, 'result'>;
  [name: `evaluate:${number}`]: Entry<'images' | 'labels' | 'host', 'result' | 'logits'>;
  readonly ranges: Entry<'images' | 'host', 'result'>;
}

/** Input specs of one step. */
export function stepSpecs(settings: ProgramSettings, batchSize: number) {
  const { plan, objective, placed, onDevice } = settings;
  const { given } = onDevice ?? hostQuantizers(settings);
  const { labels, host } = inputSpecs(plan, batchSize, given, objective);
  const specs: Record<string, TensorSpec> = {
    ...imageSpecs(plan.imageShape, batchSize, placed),
    labels,
    host,
    ...dropoutSpec(plan, batchSize),
  };
  return specs;
}

/** One training step. */
function stepEntry(settings: ProgramSettings, batchSize: number) {
  const { plan, placed } = settings;
  const { given, result, begin } = settings.onDevice ?? hostQuantizers(settings);
  return entry(stepSpecs(settings, batchSize), (inputs, state) => {
    const { labels, host } = inputs as { labels: tf.Tensor; host: tf.Tensor };
    const images = imagesOf(inputs, state, placed);
    const { numbers, finish } = begin(given.unpackTensor(host), state);
    const masks = masksFrom(plan, inputs['dropout']);
    const step = networkStep(settings, state, { images, labels, masks, numbers });
    const { told, changed } = finish(step);
    return {
      outputs: { result: result.packTensors(told) },
      state: { ...step.changed, ...changed },
    };
  });
}

/** Evaluate a batch; the result is its mean cross entropy and number of correct answers. */
function evaluationEntry({ plan, sites, optimizer }: ProgramSettings, batchSize: number) {
  const host = hostLayout(sites, optimizer);
  return entry(inputSpecs(plan, batchSize, host), ({ images, labels, host: vector }, state) => {
    const quantizers = quantizersFrom(sites, host.unpackTensor(vector));
    const variables = evaluatedTensors(tensorNames(plan), state);
    const { logits } = forward(plan, variables, images, quantizers, 'test');
    return { outputs: { result: classLabels.loss(logits, labels), logits } };
  });
}

/**
 * Initial ranges, one per rounded site: the maximum of the tensor, or the maximum magnitude for a signed
 * activation, each computed with the preceding ranges in use. Batch norms, unless frozen, update their
 * running statistics.
 */
function rangesEntry({ plan, sites, optimizer, rangeImages, batchNorm }: ProgramSettings) {
  const host = hostLayout(sites, optimizer);
  const { images, host: vector } = inputSpecs(plan, rangeImages, host);
  return entry({ images, host: vector }, ({ images, host: vector }, state) => {
    const fromHost = host.unpackTensor(vector);
    const betas: NamedTensors = {};
    const inPlace = quantizersFrom(sites, fromHost, (site, x) => {
      const beta = tf.maximum(tf.max(isTwoSided(site) ? tf.abs(x) : x), smallestBeta);
      betas[site.name] = beta;
      return beta;
    });
    const { statistics } = forward(plan, state, images, inPlace, trainingMode(batchNorm));
    const found = pick(
      betas,
      sites.filter(({ rounded }) => rounded).map(({ name }) => name),
    );
    const result = found.length > 0 ? tf.stack(found) : tf.zeros([0]);
    return { outputs: { result }, state: statistics };
  });
}

/** Whether a tensor is a signed activation: a range from its maximum could clip most negative values. */
function isTwoSided({ kind, signed }: QuantizerSite): boolean {
  return signed && kind === 'activations';
}

function inputSpecs(
  { imageShape, outputShape }: Plan,
  batchSize: number,
  host: VectorLayout,
  objective = classLabels,
) {
  return {
    images: { shape: [batchSize, ...imageShape], dtype: 'float32' },
    labels: objective.expected(batchSize, outputShape[0] ?? NaN),
    host: { shape: [host.size], dtype: 'float32' },
  } as const;
}
