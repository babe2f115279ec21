import * as tf from '@tensorflow/tfjs-core';
import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { packGates } from '../../bayesian-bits/gate-values.js';
import type { NamedTensors } from '../../compile/entry.js';
import { inScope } from '../../compile/scope.js';
import { deviceTensors } from '../../nn/device-tensor.js';
import { firstNotFinite, lastBrokenQuantizer } from '../finiteness.js';
import type { LearnerSettings } from '../learner-settings.js';
import { adamRates, type AdamNumbers } from '../optimizers/adam.js';
import { ratesAt } from '../optimizers/move.js';
import type { Optimizer } from '../optimizers/optimizers.js';
import type { Moment } from '../optimizers/transform.js';
import type { TrainingProgram } from '../program.js';
import { initQuantizers, type GateNoise, type QuantizerState } from '../quantizer-state.js';
import { batchInputs, type QuantizerHome } from '../step/quantizer-home.js';
import {
  optimizerOf,
  rateNames,
  stackName,
  stackNames,
  type DeviceQuantizers,
} from './device-quantizers.js';
import { gateLayout } from './gate-layout.js';

/**
 * Ranges and gates in the state of the program, which moves them itself, in float32: nothing of them crosses in a
 * step but their noise. They are read where they are asked for; float32 to float64 and back again is exact.
 *
 * @param optimizer of the network's variables
 */
export function deviceHome(
  settings: LearnerSettings,
  program: TrainingProgram,
  { given, result }: DeviceQuantizers,
  distribution: GatesOnDevice,
  optimizer: Optimizer,
): QuantizerHome {
  const { plan, gates: setups, optimizers } = settings;
  const start = initQuantizers(setups);
  const layout = gateLayout(setups.map(({ site }) => site));
  /** What is on the device, once it was read. */
  let read: readonly QuantizerState[] | undefined;
  setQuantizers(start);

  return {
    quantizers: () => (read ??= readQuantizers()),
    setQuantizers,
    step(batch, noise, { mu, ...at }) {
      const told = inScope(() => {
        const fed = {
          ...batchInputs(settings, batch, at.t),
          host: tf.tensor1d(given.pack(numbers(noise, mu, at))),
        };
        return program.run(`step:${batch.labels.length}`, fed).result.dataSync() as Float32Array;
      });
      read = undefined;
      const found = result.unpack(told);
      const one = (name: string) => found[name]?.[0] ?? NaN;
      const [crossEntropy, regularizer] = [one('crossEntropy'), one('regularizer')];
      return {
        ...{ loss: crossEntropy + mu * regularizer, crossEntropy, regularizer },
        correct: one('correct'),
        notFinite:
          firstNotFinite(plan, found['finiteness'] ?? []) ??
          (Number.isFinite(one('quantizers')) ? undefined : lastBrokenQuantizer(readQuantizers())),
      };
    },
  };

  function numbers(noise: GateNoise, mu: number, at: Moment): Record<string, ArrayLike<number>> {
    const drawn = setups.map(({ site }) => packGates(noise(site)));
    const values: Record<string, ArrayLike<number>> = {
      noise: layout.flat(drawn.map((own) => own.map((u) => distribution.noise(u)))),
      mu: [mu],
    };
    for (const [name, rate] of Object.entries(ratesAt(optimizer, at))) values[name] = [rate];
    for (const stack of ['beta', 'phi'] as const) {
      const { rate, rootScale } = adamRates(optimizers[optimizerOf[stack]], at);
      const [ofRate, ofRootScale] = rateNames(stack);
      Object.assign(values, { [ofRate]: [rate], [ofRootScale]: [rootScale] });
    }
    return values;
  }

  function setQuantizers(next: readonly QuantizerState[]): void {
    if (next.length === 0) return;
    read = undefined;
    const parts = (['value', 'm', 'v'] as const).flatMap((part) => [
      [stackName('beta', part), next.map(({ beta }) => beta[part][0] ?? NaN)] as const,
      [stackName('phi', part), layout.flat(next.map(({ phi }) => phi[part]))] as const,
    ]);
    const tensors = deviceTensors(
      parts.map(([name, values]) => [name, { shape: [values.length], values }] as const),
    );
    program.setState(tensors);
    tf.dispose(tensors);
  }

  function readQuantizers(): QuantizerState[] {
    const tensors = program.getState((name) => stackNames.includes(name));
    const beta = partsOf(tensors, 'beta', (all) => Array.from(all, (one) => Float64Array.of(one)));
    const phi = partsOf(tensors, 'phi', (all) => layout.ofEach(all));
    tf.dispose(tensors);
    return start.map(({ site, distribution }, index) => ({
      site,
      distribution,
      beta: beta(index),
      phi: phi(index),
    }));
  }
}

/** The numbers of each quantizer, from those of all. */
function partsOf(
  tensors: NamedTensors,
  stack: 'beta' | 'phi',
  ofEach: (all: Float32Array) => Float64Array[],
): (quantizer: number) => AdamNumbers {
  const part = (name: keyof AdamNumbers) =>
    ofEach(tensors[stackName(stack, name)]?.dataSync<'float32'>() ?? new Float32Array());
  const [value, m, v] = [part('value'), part('m'), part('v')];
  const none = new Float64Array();
  return (at) => ({ value: value[at] ?? none, m: m[at] ?? none, v: v[at] ?? none });
}
