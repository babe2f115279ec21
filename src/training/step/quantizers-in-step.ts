import type { NamedTensors } from '../../compile/entry.js';
import { gradientLayout, hostLayout } from '../host-vector.js';
import type { VectorLayout } from '../vector-layout.js';
import type { NetworkStep } from './network-step.js';
import type { ProgramSettings } from './program-settings.js';

/** Source of a step's ranges and gates, and use of their gradients. */
export interface QuantizersInStep {
  /** Layout of the vector fed by the host. */
  readonly given: VectorLayout;
  /** Layout of the result vector. */
  readonly result: VectorLayout;
  /**
   * @param given the unpacked vector
   * @returns the inputs of `networkStep`, and a function from its output to the result and the new state
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

/** Ranges and gates on the host, which feeds them to each step and fetches their gradients. */
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
