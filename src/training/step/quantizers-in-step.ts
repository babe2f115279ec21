import type { NamedTensors } from '../../compile/entry.js';
import { gradientLayout, hostLayout } from '../host-vector.js';
import type { VectorLayout } from '../vector-layout.js';
import type { NetworkStep } from './network-step.js';
import type { ProgramSettings } from './program-settings.js';

/** Where a step has its ranges and gates from, and what becomes of their gradients. */
export interface QuantizersInStep {
  /** What the host gives to a step. */
  readonly given: VectorLayout;
  /** What it is told of it. */
  readonly result: VectorLayout;
  /**
   * @param given unpacked
   * @returns what `networkStep` takes, and what follows from it: what the host is told, and the new state
   */
  readonly begin: (
    given: NamedTensors,
    state: Readonly<NamedTensors>,
  ) => {
    readonly numbers: NamedTensors;
    readonly finish: (step: NetworkStep) => {
      readonly told: NamedTensors;
      readonly changed: NamedTensors;
    };
  };
}

/** Ranges and gates of the host, which gives them to each step and is told their gradients. */
export function hostQuantizers({
  plan,
  sites,
  optimizer,
}: Pick<ProgramSettings, 'plan' | 'sites' | 'optimizer'>): QuantizersInStep {
  return {
    given: hostLayout(sites, optimizer),
    result: gradientLayout(plan, sites),
    begin: (given) => ({
      numbers: given,
      finish: ({ crossEntropy, correct, quantizerGradients, finiteness }) => ({
        told: { crossEntropy, correct, ...quantizerGradients, finiteness },
        changed: {},
      }),
    }),
  };
}
