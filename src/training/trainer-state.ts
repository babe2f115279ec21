import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../compile/entry.js';
import { UserError } from '../errors.js';
import { deviceTensors } from '../nn/device-tensor.js';
import { evaluatedTensors } from './average.js';
import type { BudgetState } from './budget.js';
import type { Phase } from './phases/phase.js';
import type { QuantizerState } from './quantizer-state.js';

/** A row-major array in host memory. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** Means over the training images of an epoch so far. */
export interface EpochLosses {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  readonly accuracyPercent: number;
}

/** Progress within the epochs. */
export interface Position {
  /** Counted from 1; 0 before training. */
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Images in these steps. */
  readonly images: number;
  /** Means over these images. */
  readonly means: EpochLosses;
}

/** The random streams of training, by purpose. */
export const streamNames = ['order', 'gates', 'augmentation'] as const;
export type StreamName = (typeof streamNames)[number];
export type StreamStates = Readonly<Record<StreamName, readonly number[]>>;

/** The complete state of training between two steps. */
export interface TrainerState {
  readonly position: Position;
  /**
   * The streams' states: `order` as at the start of the current epoch, or of the next epoch if all steps of
   * the current one are done; the others as after the last step.
   */
  readonly streams: StreamStates;
  /** Step number of the phase's optimizers. */
  readonly stepsDone: number;
  readonly budget?: BudgetState | undefined;
  /**
   * Variables, statistics, optimizer slots and, if weights are averaged, `average/NAME`, by name; for
   * quantizers see quantizerParts.
   */
  readonly tensors: Readonly<Record<string, HostTensor>>;
}

/** Copy a phase's learned state to the host. */
export function phaseTensors({ learner }: Phase): Record<string, HostTensor> {
  const state = learner.state();
  const tensors: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    // Copied, because on a CPU the values may share the session's memory.
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

/** The network that a phase evaluates: variables and statistics by name; the caller disposes of them. */
export function weightsOf({ plan, learner }: Phase): NamedTensors {
  const names = [...plan.variables, ...plan.statistics].map(({ name }) => name);
  const state = learner.state();
  const weights = evaluatedTensors(names, state);
  const kept = new Set(Object.values(weights));
  tf.dispose(Object.values(state).filter((tensor) => !kept.has(tensor)));
  return weights;
}

/** A quantizer's range and gates with their optimizer slots: `NAME/beta`, `NAME/beta/m`, and so on. */
function quantizerParts({ site, beta, phi }: QuantizerState): [string, Float64Array][] {
  return Object.entries({ beta, phi }).flatMap(([what, numbers]) => [
    [`${site.name}/${what}`, numbers.value],
    [`${site.name}/${what}/m`, numbers.m],
    [`${site.name}/${what}/v`, numbers.v],
  ]);
}

/**
 * Restore a phase's state, saved by another phase of the same config.
 *
 * @throws UserError if the tensors belong to another network
 */
export function restorePhase(phase: Phase, state: TrainerState): void {
  const { learner } = phase;
  const current = phaseTensors(phase);
  for (const [name, { shape }] of Object.entries(current)) {
    const found = state.tensors[name];
    if (found?.shape.join() !== shape.join()) {
      throw new UserError(
        `Expected a checkpoint with "${name}" of shape [${shape.join(', ')}], found ` +
          `${found ? `[${found.shape.join(', ')}]` : 'none'}. The checkpoint belongs to another network.`,
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

/** Copy some of a state's tensors to the device; the caller disposes of them. */
export function tensorsNamed(names: readonly string[], { tensors }: TrainerState): NamedTensors {
  return deviceTensors(
    names.flatMap((name) => {
      const found = tensors[name];
      return found ? [[name, found] as const] : [];
    }),
  );
}
