import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../compile/entry.js';
import { everything } from '../../config/learnable.js';
import { forward, type Mode } from '../../nn/forward.js';
import { averaged } from '../average.js';
import { finiteness } from '../finiteness.js';
import { quantizerLengths, quantizersFrom } from '../host-vector.js';
import { classLabels } from '../objective.js';
import { move } from '../optimizers/move.js';
import { slotName } from '../optimizers/optimizers.js';
import { pick, tensorNames, zip } from './named-tensors.js';
import type { ProgramSettings } from './program-settings.js';

/** Inputs of a step on the network besides its state. */
interface Given {
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
  /** Dropout masks. */
  readonly masks: tf.Tensor[] | undefined;
  /** The optimizer's rates, and each quantizer's inputs, named as in `quantizerLengths`. */
  readonly numbers: NamedTensors;
}

export interface NetworkStep {
  /** New variables, statistics and optimizer slots. */
  readonly changed: NamedTensors;
  readonly crossEntropy: tf.Tensor;
  /** Number of correctly classified images. */
  readonly correct: tf.Tensor;
  /** Gradients with respect to each quantizer's inputs, by input name. */
  readonly quantizerGradients: NamedTensors;
  readonly finiteness: tf.Tensor;
}

/**
 * One step on a network: forward and backward pass, and update of its variables. The caller updates
 * ranges and gates, on the device or the host, with the returned gradients.
 */
export function networkStep(
  {
    plan,
    sites,
    optimizer,
    learns = everything,
    batchNorm,
    objective = classLabels,
  }: Pick<ProgramSettings, 'plan' | 'sites' | 'optimizer' | 'learns' | 'batchNorm' | 'objective'>,
  state: Readonly<NamedTensors>,
  { images, labels, masks, numbers }: Given,
): NetworkStep {
  const mode = trainingMode(batchNorm);
  const ownGradients = Object.keys(quantizerLengths(sites));
  const names = plan.variables.map(({ name }) => name);
  const changed: NamedTensors = {};
  const layerOutputs: NamedTensors = {};
  const loss = (...operands: tf.Tensor[]) => {
    const variables = { ...state, ...zip(names, operands) };
    const inputs = zip(ownGradients, operands.slice(names.length));
    const quantizers = quantizersFrom(sites, inputs);
    const passed = forward(plan, variables, images, quantizers, mode, masks);
    const { logits, outputs, statistics } = passed;
    // tf.valueAndGrads disposes of all other tensors made here.
    for (const [name, tensor] of Object.entries(statistics)) changed[name] = tf.keep(tensor);
    for (const [name, tensor] of Object.entries(outputs)) layerOutputs[name] = tf.keep(tensor);
    return objective.loss(logits, labels);
  };
  const operands = [...pick(state, names), ...pick(numbers, ownGradients)];
  const { value, grads } = tf.valueAndGrads(loss)(operands, tf.tensor1d([1, 0]));
  for (const [name, kept] of Object.entries(changed)) {
    changed[name] = tf.clone(kept);
    kept.dispose();
  }

  // `numbers` contains the optimizer's rates by name.
  const rates = numbers;
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
  return {
    changed,
    crossEntropy,
    correct,
    quantizerGradients: zip(ownGradients, grads.slice(names.length)),
    finiteness: found,
  };
}

export function trainingMode(batchNorm: ProgramSettings['batchNorm']): Mode {
  return batchNorm === 'frozen' ? 'test' : 'training';
}
