import * as tf from '@tensorflow/tfjs-core';
import {
  entry,
  type Entries,
  type Entry,
  type NamedTensors,
  type Program,
  type ProgramMode,
  type TensorSpec,
} from '../compile/entry.js';
import { compile } from '../compile/program.js';
import { inScope } from '../compile/scope.js';
import { forward, type Mode } from '../nn/forward.js';
import type { Plan, QuantizerSite } from '../nn/plan.js';
import type { PlacedImages } from '../data/placed-images.js';
import { everything, type Learnable } from '../config/learnable.js';
import { dropoutSpec, masksFrom } from './dropout.js';
import { finiteness } from './finiteness.js';
import { gradientLayout, hostLayout, quantizerLengths, quantizersFrom } from './host-vector.js';
import { averaged, evaluatedTensors, initialAverages } from './average.js';
import { classLabels, type Objective } from './objective.js';
import { smallestBeta } from './quantizer-state.js';
import type { VectorLayout } from './vector-layout.js';
import { slotName, type Optimizer } from './optimizers/optimizers.js';
import { move } from './optimizers/move.js';
import { imageSpecs, imagesOf, placedState } from './step-images.js';

export interface ProgramSettings {
  readonly plan: Plan;
  /** The quantizers that there are; at all other places the network is in full precision. */
  readonly sites: readonly QuantizerSite[];
  readonly optimizer: Optimizer;
  /** Default: everything. */
  readonly learns?: readonly Learnable[] | undefined;
  /** Frozen: batch norms are in training as at test time. Default: updated. */
  readonly batchNorm?: 'updated' | 'frozen' | undefined;
  /** What steps compare logits with; default: each image's class. */
  readonly objective?: Objective | undefined;
  /** Whether running means of variables and statistics are kept, and evaluated; see average.ts. */
  readonly isAveraged?: boolean | undefined;
  /** Batch sizes that are trained on. */
  readonly batchSizes: readonly number[];
  /** Batch sizes that are evaluated. */
  readonly evaluationSizes: readonly number[];
  /** Images that initial ranges are set from. */
  readonly rangeImages: number;
  /** The training images, where they lie on the device. */
  readonly placed?: PlacedImages | undefined;
  readonly mode?: ProgramMode;
}

/**
 * The computations of a training run as one program that shares the weights and their optimizer's
 * state: `step:N` trains on a batch of N, `evaluate:N` evaluates one, `ranges` gives initial ranges.
 *
 * Ranges and gates live on the host. They come in as one vector, with the rates of the step, and
 * their gradients go out as one: see `hostLayout` and `gradientLayout`.
 *
 * @param initial the network's variables and statistics
 */
export function trainingProgram(settings: ProgramSettings, initial: NamedTensors): TrainingProgram {
  const { batchSizes, evaluationSizes, mode } = settings;
  const entries: TrainingEntries = { ranges: rangesEntry(settings) };
  for (const size of batchSizes) entries[`step:${size}`] = stepEntry(settings, size);
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
    };
    return compile(state, entries, mode ? { mode } : {});
  });
}

export type TrainingProgram = Program<TrainingEntries>;
interface TrainingEntries extends Entries {
  [name: `step:${number}`]: Entry<string, 'result'>;
  [name: `evaluate:${number}`]: Entry<'images' | 'labels' | 'host', 'result' | 'logits'>;
  ranges: Entry<'images' | 'host', 'result'>;
}

/** One step of training. The result is laid out as `gradientLayout`. */
function stepEntry(
  {
    plan,
    sites,
    optimizer,
    learns = everything,
    batchNorm,
    objective = classLabels,
    placed,
  }: ProgramSettings,
  batchSize: number,
) {
  const mode = trainingMode(batchNorm);
  const host = hostLayout(sites, optimizer);
  const gradients = gradientLayout(plan, sites);
  const ownGradients = Object.keys(quantizerLengths(sites));
  const names = plan.variables.map(({ name }) => name);
  const { labels, host: vector } = inputSpecs(plan, batchSize, host, objective);
  const specs: Record<string, TensorSpec> = {
    ...imageSpecs(plan.imageShape, batchSize, placed),
    labels,
    host: vector,
    ...dropoutSpec(plan, batchSize),
  };
  return entry(specs, (inputs, state) => {
    const { labels, host: vector } = inputs as { labels: tf.Tensor; host: tf.Tensor };
    const { dropout } = inputs;
    const images = imagesOf(inputs, state, placed);
    const fromHost = host.unpackTensor(vector);
    const masks = masksFrom(plan, dropout);
    const changed: NamedTensors = {};
    const layerOutputs: NamedTensors = {};
    const loss = (...operands: tf.Tensor[]) => {
      const variables = { ...state, ...zip(names, operands) };
      const inputs = zip(ownGradients, operands.slice(names.length));
      const quantizers = quantizersFrom(sites, inputs);
      const passed = forward(plan, variables, images, quantizers, mode, masks);
      const { logits, outputs, statistics } = passed;
      // Everything else that is made in here goes when the gradients are there.
      for (const [name, tensor] of Object.entries(statistics)) changed[name] = tf.keep(tensor);
      for (const [name, tensor] of Object.entries(outputs)) layerOutputs[name] = tf.keep(tensor);
      return objective.loss(logits, labels);
    };
    const operands = [...pick(state, names), ...pick(fromHost, ownGradients)];
    const { value, grads } = tf.valueAndGrads(loss)(operands, tf.tensor1d([1, 0]));
    for (const [name, kept] of Object.entries(changed)) {
      changed[name] = tf.clone(kept);
      kept.dispose();
    }

    // Among all that the host gave.
    const rates = fromHost;
    const shared = optimizer.shared(grads.slice(0, names.length));
    plan.variables.forEach(({ name, kind }, index) => {
      if (!learns.includes(kind)) return;
      const before = state[name] as tf.Tensor;
      const gradient = grads[index] as tf.Tensor;
      const stored = optimizer.slots.map((slot) => slotName(slot, name));
      const slots = zip(optimizer.slots, pick(state, stored));
      const next = move(optimizer, { before, gradient, slots, rates, shared });
      changed[name] = next.value;
      Object.assign(changed, zip(stored, pick(next.slots, optimizer.slots)));
    });
    Object.assign(changed, averaged(tensorNames(plan), state, changed, rates));
    const [crossEntropy, correct] = tf.unstack(value) as [tf.Tensor, tf.Tensor];
    const found = finiteness(plan, crossEntropy, layerOutputs, state);
    tf.dispose(layerOutputs);
    const result = gradients.packTensors({
      crossEntropy,
      correct,
      ...zip(ownGradients, grads.slice(names.length)),
      finiteness: found,
    });
    return { outputs: { result }, state: changed };
  });
}

function trainingMode(batchNorm: ProgramSettings['batchNorm']): Mode {
  return batchNorm === 'frozen' ? 'test' : 'training';
}

/** The result is the batch's mean cross entropy and number of correct answers. */
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
 * The initial ranges, one for each site that has one: the largest value of the tensor, of an activation
 * without a ReLU the largest magnitude; each found with the ranges before it in place. Batch norms update
 * their running statistics.
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

/** Of a signed activation: the largest value alone would clip most of it where it is mostly below 0. */
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

/** Of the variables and statistics. */
function tensorNames({ variables, statistics }: Plan): string[] {
  return [...variables, ...statistics].map(({ name }) => name);
}

function pick(tensors: Readonly<Record<string, tf.Tensor>>, names: readonly string[]): tf.Tensor[] {
  return names.map((name) => tensors[name] as tf.Tensor);
}

function zip(names: readonly string[], tensors: readonly tf.Tensor[]): NamedTensors {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
}
