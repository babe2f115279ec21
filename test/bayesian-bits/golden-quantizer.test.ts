import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { effectiveBits, gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import type { GateValues } from '../../src/bayesian-bits/gate-values.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { prices } from '../../src/bayesian-bits/prices.js';
import { openProbabilities } from '../../src/bayesian-bits/prior.js';
import { quantize } from '../../src/bayesian-bits/quantizer.js';
import { phiGradients, sampleGates, testGates } from '../../src/bayesian-bits/sample.js';
import { specsOf } from '../../src/compile/check.js';
import { entry, type NamedTensors } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { readGolden, transpose, type GoldenQuantizerCase } from '../helpers/golden.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { modesWithXla, startTestBackend, testBackend, type Mode } from '../helpers/test-backend.js';

const { cases } = readGolden('quantizer.json') as { cases: GoldenQuantizerCase[] };

beforeAll(startTestBackend);

test.each(cases)('every field of the golden quantizer $name is compared', (golden) => {
  const unknown = Object.keys(golden).filter((field) => !knownFields.split(' ').includes(field));
  expect(unknown).toEqual([]);
  expect(['l0', 'fixed']).toContain(golden.gating);
});

for (const mode of modesWithXla) {
  describe.each(cases)(`golden quantizer, ${mode}: $name`, (golden) => {
    compare(golden, mode, (run) => run());
  });
  // bbits has no kernels of its own for WebAssembly and XLA.
  if (mode === 'xla' || testBackend === 'wasm') continue;
  describe.each(cases)(`golden quantizer, ${mode}, by plain functions: $name`, (golden) => {
    compare(golden, mode, withoutOwnKernels);
  });
}

function compare(golden: GoldenQuantizerCase, mode: Mode, computed: <T>(run: () => T) => T): void {
  const [rows, columns] = golden.shape;
  const channels = '2' in golden.phi ? rows : 0;
  const phi = gateValues(golden.phi, channels, 6);
  const gates = golden.training
    ? sampleGates(hardConcrete, phi, gateValues(golden.u ?? {}, channels, 0.5))
    : testGates(hardConcrete, phi);
  const shape: [number, number] = golden.signed ? [columns, rows] : [rows, columns];
  const ours = (values: number[]) => (golden.signed ? transpose(values, rows, columns) : values);
  const x = ours(golden.x);
  const dy = ours(golden.dy);

  function run() {
    const operands = {
      x: tf.tensor(x, shape),
      beta: tf.scalar(golden.beta),
      products: tf.tensor1d([...gates.products]),
      ...(channels > 0 ? { channelGates: tf.tensor1d(Array.from(gates.z.channels)) } : {}),
    };
    const names = Object.keys(operands);
    const inputs: NamedTensors = { ...operands, dy: tf.tensor(dy, shape) };
    const program = compile(
      {},
      {
        run: entry(specsOf(inputs), (inputs) => {
          const { value, grads } = tf.valueAndGrads((...args) => {
            const [x, beta, products, channelGates] = args as QuantizerArguments;
            return quantize(x, golden.signed, { beta, products, channelGates });
          })(
            names.map((name) => inputs[name] as tf.Tensor),
            inputs['dy'],
          );
          const named = names.map((name, index) => [name, grads[index] as tf.Tensor]);
          return { outputs: { ...(Object.fromEntries(named) as NamedTensors), y: value } };
        }),
      },
      { mode },
    );
    const outputs = program.run('run', inputs) as NamedTensors;
    program.dispose();
    const read = (name: string) => Array.from(outputs[name]?.dataSync() ?? []);
    return {
      y: read('y'),
      dx: read('x'),
      dbeta: read('beta')[0] as number,
      dphi: phiGradients(gates, read('products'), read('channelGates')),
    };
  }

  test('gives the same output', () => {
    const { y } = computed(run);
    const expected = ours(golden.y);
    const compared = x.filter((value, index) => {
      if (isNearTie(value, golden)) return false;
      expect(Math.abs((y[index] as number) - (expected[index] as number))).toBeLessThanOrEqual(
        1e-6 * golden.beta,
      );
      return true;
    });
    expect(compared.length).toBeGreaterThan(0.9 * x.length);
  });

  test('gives the same bit width', () => {
    expect(effectiveBits(testGates(hardConcrete, phi).z.bits)).toBe(golden.bits);
  });

  test('gives the same regularizer and gradients', () => {
    const weight = 'largest/weight';
    const largest = { name: 'largest', macs: golden.maxMacs, weight, gatedBy: weight };
    const geometry = { type: 'dense' };
    const layers = [{ ...largest, geometry, inputChannels: 1, producers: [] }];
    const quantizer = { name: golden.name, macs: golden.macs, smallest: 2, rounded: true } as const;
    const price = prices.bops({ layers }, [quantizer]);
    const { value, gradients } = price([openProbabilities(hardConcrete, phi)]);
    expectRelative([value], [golden.regularizer], 1e-5);
    const derivatives = byBitWidth(gradients[0] as GateValues);
    for (const [bits, expected] of Object.entries(golden.dregularizer)) {
      expectRelative(derivatives[Number(bits) as 2], expected, 1e-4);
    }
  });

  if (!golden.dx) return;
  test('gives the same gradients', () => {
    const { dx, dbeta, dphi } = computed(run);
    expectRelative(dx, ours(golden.dx as number[]), 1e-4);

    const summands = x.map(
      (_, index) => Math.abs(dy[index] as number) * Math.abs(ours(golden.y)[index] as number),
    );
    const tolerance = (1e-6 * total(summands)) / golden.beta;
    expect(Math.abs(dbeta - (golden.dbeta as number))).toBeLessThanOrEqual(tolerance);

    const gateTolerance = 1e-6 * golden.beta * total(dy.map(Math.abs));
    const derivatives = byBitWidth(dphi);
    for (const [bits, expected] of Object.entries(golden.dphi as Record<string, number[]>)) {
      derivatives[Number(bits) as 2].forEach((derivative, index) => {
        const difference = Math.abs(derivative - (expected[index] as number));
        expect(difference, `dphi of ${bits} bits`).toBeLessThanOrEqual(gateTolerance);
      });
    }
  });
}

const knownFields =
  'name shape signed training gating beta phi u x dy y dx dbeta dphi ' +
  'macs maxMacs regularizer dregularizer bits';

type QuantizerArguments = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];

function gateValues(
  values: Record<string, number[]>,
  channels: number,
  missing: number,
): GateValues {
  return {
    channels: Float64Array.from(
      { length: channels },
      (_, index) => values['2']?.[index] ?? missing,
    ),
    bits: gatedBitWidths.map((bits) => values[bits]?.[0] ?? missing),
  };
}

function byBitWidth({ channels, bits }: GateValues): Record<2 | 4 | 8 | 16 | 32, number[]> {
  const [b4 = NaN, b8 = NaN, b16 = NaN, b32 = NaN] = bits;
  return { 2: Array.from(channels), 4: [b4], 8: [b8], 16: [b16], 32: [b32] };
}

/** Whether float32 may round the value to either side at one of the grids below 32 bits. */
function isNearTie(value: number, { beta, signed }: GoldenQuantizerCase): boolean {
  const low = signed ? -beta : 0;
  if (value <= low || value >= beta) return false;
  return [2, 4, 8, 16].some((bits) => {
    const scaled = value / ((beta - low) / (2 ** bits - 1));
    return Math.abs(Math.abs(scaled - Math.trunc(scaled)) - 0.5) < 1e-5;
  });
}

/** Within `tolerance` of the largest entry. */
function expectRelative(found: readonly number[], expected: readonly number[], tolerance: number) {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  found.forEach((value, index) => {
    expect(Math.abs(value - (expected[index] as number))).toBeLessThanOrEqual(tolerance * largest);
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
