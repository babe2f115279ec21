import * as tf from '@tensorflow/tfjs-core';
import { bitWidths } from '../../bayesian-bits/gates.js';
import { plusScaled, type GateValues } from '../../bayesian-bits/gate-values.js';
import type { Price } from '../../bayesian-bits/price.js';
import { phiGradients, type SampledGates } from '../../bayesian-bits/sample.js';
import { inScope } from '../../compile/scope.js';
import { priceOfGates } from '../acting-gates.js';
import { firstNotFinite, lastBrokenQuantizer } from '../finiteness.js';
import { gradientLayout } from '../host-vector.js';
import type { LearnerSettings } from '../learner-settings.js';
import type { PlacedBatch } from '../../data/placed-images.js';
import type { StepBatch } from '../../data/soft-labels/step-batch.js';
import type { StepMetrics, StepOptions } from '../learner.js';
import type { Moment } from '../optimizers/transform.js';
import type { TrainingProgram } from '../program.js';
import {
  initQuantizers,
  sampleAll,
  updateQuantizer,
  type GateNoise,
  type QuantizerState,
} from '../quantizer-state.js';
import { batchInputs, type QuantizerHome } from '../step/quantizer-home.js';

const noProducts = bitWidths.map(() => 0);

/**
 * Ranges and gates on the host, in float64: values derived from them are fed to a step, and their gradients
 * are fetched.
 *
 * @param hostVector makes the vector that a program is fed
 */
export function hostHome(
  settings: LearnerSettings,
  program: TrainingProgram,
  price: Price,
  hostVector: (
    quantizers: readonly QuantizerState[],
    gates: readonly SampledGates[],
    at: Moment,
  ) => tf.Tensor,
): QuantizerHome {
  const { plan, gates: setups, optimizers, learns } = settings;
  const sites = setups.map(({ site }) => site);
  const layout = gradientLayout(plan, sites);
  const priced = priceOfGates(price, sites);
  let quantizers: readonly QuantizerState[] = initQuantizers(setups);

  return {
    quantizers: () => quantizers,
    setQuantizers(next) {
      quantizers = [...next];
    },
    mostSteps: () => 1,
    steps: (given, noise, t) =>
      Array.from(given, ({ batch, options }, index) => step(batch, noise, options, t + index)),
  };

  function step(
    batch: StepBatch | PlacedBatch,
    noise: GateNoise,
    { mu, epochsDone = 0 }: StepOptions,
    t: number,
  ): StepMetrics {
    const at = { t, epochsDone };
    const gates = sampleAll(quantizers, noise);
    const result = inScope(() => {
      const fed = {
        ...batchInputs(settings, batch, t),
        host: hostVector(quantizers, gates, at),
      };
      return program.run(`step:${batch.labels.length}`, fed).result.dataSync() as Float32Array;
    });
    const found = layout.unpack(result);
    const [crossEntropy = NaN] = found['crossEntropy'] ?? [];
    const [correct = NaN] = found['correct'] ?? [];
    const { value: regularizer, gradients: fromPrice } = priced(quantizers);
    quantizers = quantizers.map((quantizer, index) => {
      const { name } = quantizer.site;
      // Tensors that are not rounded have neither range nor bit gates.
      const products = Array.from(found[`${name}/products`] ?? noProducts);
      const z2 = found[`${name}/z2`] ?? [];
      const fromData = phiGradients(gates[index] as SampledGates, products, z2);
      const phi = plusScaled(fromData, mu, fromPrice[index] as GateValues);
      const beta = found[`${name}/beta`]?.[0] ?? 0;
      return updateQuantizer(quantizer, { beta, phi }, { ...optimizers, learns }, at);
    });
    const notFinite =
      firstNotFinite(plan, found['finiteness'] ?? []) ?? lastBrokenQuantizer(quantizers);
    return {
      loss: crossEntropy + mu * regularizer,
      crossEntropy,
      regularizer,
      correct,
      notFinite,
    };
  }
}
