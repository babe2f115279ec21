import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import { UserError } from '../errors.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { evaluatedTensors } from './average.js';
import type { BudgetState } from './budget.js';
import type { Phase } from './phases/phase.js';
import type { QuantizerState } from './quantizer-state.js';

/** An array on the host, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** Means over the training images of an epoch, or of its steps so far. */
export interface EpochLosses {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  readonly accuracyPercent: number;
}

/** Where in its epochs training is. */
export interface Position {
  /** From 1; 0: not begun. */
  readonly epoch: number;
  /** Steps that are done in it. */
  readonly step: number;
  /** Images in these steps. */
  readonly images: number;
  /** Means over these images. */
  readonly means: EpochLosses;
}

/** The random streams of training, by what they decide. */
export const streamNames = ['order', 'gates', 'augmentation'] as const;
export type StreamName = (typeof streamNames)[number];
export type StreamStates = Readonly<Record<StreamName, readonly number[]>>;

/** All that training goes on from, between two steps. */
export interface TrainerState {
  readonly position: Position;
  /** That of the images' order as it is at the start of an epoch, of the next where this one is over. */
  readonly streams: StreamStates;
  /** Steps that the phase's optimizers count. */
  readonly stepsDone: number;
  readonly budget?: BudgetState | undefined;
  /**
   * Variables, statistics, optimizers' means and, where weights are averaged, `average/NAME`, by name; of quantizers
   * see quantizerParts.
   */
  readonly tensors: Readonly<Record<string, HostTensor>>;
}

/** What a phase has learned, on the host. */
export function phaseTensors({ learner }: Phase): Record<string, HostTensor> {
  const state = learner.state();
  const tensors: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    // A copy: on a CPU the values may share the session's memory.
    tensors[name] = { shape: tensor.shape, values: tensor.dataSync<'float32'>().slice() };
  }
  tf.dispose(state);
  for (const quantizer of learner.quantizers()) {
    for (const [part, values] of quantizerParts(quantizer)) {
      tensors[part] = { shape: [values.length], values };
    }
  }
  return tensors;
}

/** A phase's network as it is evaluated: its variables and statistics, by name; the caller's to dispose. */
export function weightsOf({ plan, learner }: Phase): NamedTensors {
  const names = [...plan.variables, ...plan.statistics].map(({ name }) => name);
  const state = learner.state();
  const weights = evaluatedTensors(names, state);
  const kept = new Set(Object.values(weights));
  tf.dispose(Object.values(state).filter((tensor) => !kept.has(tensor)));
  return weights;
}

/** Range and gates of a quantizer with their means: `NAME/beta`, `NAME/beta/m`, and so on. */
function quantizerParts({ site, beta, phi }: QuantizerState): [string, Float64Array][] {
  return Object.entries({ beta, phi }).flatMap(([what, numbers]) => [
    [`${site.name}/${what}`, numbers.value],
    [`${site.name}/${what}/m`, numbers.m],
    [`${site.name}/${what}/v`, numbers.v],
  ]);
}

/**
 * Puts a phase where another one of the same config was.
 *
 * @throws UserError if the tensors are those of another network
 */
export function restorePhase(phase: Phase, state: TrainerState): void {
  const { learner } = phase;
  const current = phaseTensors(phase);
  for (const [name, { shape }] of Object.entries(current)) {
    const found = state.tensors[name];
    if (found?.shape.join() !== shape.join()) {
      throw new UserError(
        `Expected a checkpoint with "${name}" of shape [${shape.join(', ')}], found ` +
          `${found ? `[${found.shape.join(', ')}]` : 'none'}. It is that of another network.`,
      );
    }
  }
  const numbers = (name: string) => Float64Array.from(state.tensors[name]?.values ?? []);
  const moments = (name: string) => ({
    value: numbers(name),
    m: numbers(`${name}/m`),
    v: numbers(`${name}/v`),
  });
  const quantizers = learner.quantizers().map((quantizer) => ({
    ...quantizer,
    beta: moments(`${quantizer.site.name}/beta`),
    phi: moments(`${quantizer.site.name}/phi`),
  }));
  const own = learner.state();
  const restored = tensorsNamed(Object.keys(own), state);
  tf.dispose(own);
  learner.restore({ state: restored, quantizers, stepsDone: state.stepsDone });
  tf.dispose(restored);
  if (phase.budget && state.budget) phase.budget.state = state.budget;
}

/** Some of a state's tensors, on the device; the caller's to dispose. */
export function tensorsNamed(names: readonly string[], { tensors }: TrainerState): NamedTensors {
  return deviceTensors(
    names.flatMap((name) => {
      const found = tensors[name];
      return found ? [[name, found] as const] : [];
    }),
  );
}
