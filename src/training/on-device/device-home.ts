import * as tf from '@tensorflow/tfjs-core';
import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { packGates } from '../../bayesian-bits/gate-values.js';
import type { NamedTensors } from '../../compile/entry.js';
import { inScope } from '../../compile/scope.js';
import { deviceTensors } from '../../nn/device-tensor.js';
import { firstNotFinite, lastBrokenQuantizer } from '../finiteness.js';
import type { StepMetrics } from '../learner.js';
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
import { inRows, rowOf, type Row } from './rows.js';

/**
 * Ranges and gates in the program's state, updated on the device in float32: a step is fed the gates' noise,
 * but no values of ranges or gates. They are read back on demand; converting float32 to float64 and back is
 * exact.
 *
 * @param layouts of the steps' inputs and results
 * @param optimizer the network's weight optimizer
 * @param mostSteps maximum number of steps per call for a batch size
 */
export function deviceHome(
  settings: LearnerSettings,
  program: TrainingProgram,
  layouts: Pick<DeviceQuantizers, 'given' | 'result'>,
  distribution: GatesOnDevice,
  optimizer: Optimizer,
  mostSteps: (batchSize: number) => number,
): QuantizerHome {
  const { plan, gates: setups, optimizers } = settings;
  const start = initQuantizers(setups);
  const layout = gateLayout(setups.map(({ site }) => site));
  /** Cache of the device's state; undefined until it is read. */
  let read: readonly QuantizerState[] | undefined;
  setQuantizers(start);

  return {
    quantizers: () => (read ??= readQuantizers()),
    setQuantizers,
    mostSteps,
    steps(given, noise, t) {
      const rows: Row[] = [];
      const mus: number[] = [];
      let batchSize = 0;
      for (const { batch, options } of given) {
        const { mu, epochsDone = 0 } = options;
        const at = { t: t + rows.length, epochsDone };
        const row = () => {
          const host = tf.tensor1d(layouts.given.pack(numbers(noise, mu, at)));
          return rowOf({ ...batchInputs(settings, batch, at.t), host });
        };
        rows.push(inScope(row));
        mus.push(mu);
        batchSize = batch.labels.length;
      }
      const told = inScope(() => {
        const count = tf.scalar(rows.length, 'int32');
        const fed = { ...inRows(rows, mostSteps(batchSize)), count };
        return program.run(`step:${batchSize}`, fed).result.dataSync() as Float32Array;
      });
      read = undefined;
      return metricsOf(told, mus);
    },
  };

  /** Metrics of the steps done, which end with the first non-finite one. */
  function metricsOf(told: Float32Array, mus: readonly number[]): StepMetrics[] {
    const { size } = layouts.result;
    const metrics: StepMetrics[] = [];
    for (const [index, mu] of mus.entries()) {
      const found = layouts.result.unpack(told.subarray(index * size, (index + 1) * size));
      const one = (name: string) => found[name]?.[0] ?? NaN;
      const [crossEntropy, regularizer] = [one('crossEntropy'), one('regularizer')];
      const loss = crossEntropy + mu * regularizer;
      const notFinite =
        firstNotFinite(plan, found['finiteness'] ?? []) ??
        (Number.isFinite(one('quantizers')) ? undefined : lastBrokenQuantizer(readQuantizers()));
      metrics.push({ loss, crossEntropy, regularizer, correct: one('correct'), notFinite });
      if (notFinite !== undefined || !Number.isFinite(loss)) break;
    }
    return metrics;
  }

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

/** Split the numbers of all quantizers by quantizer. */
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
