import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import { quantize } from '../../src/bayesian-bits/quantizer.js';
import type { GateValues } from '../../src/bayesian-bits/gate-values.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import {
  phiGradients,
  sampleGates,
  testGates,
  type SampledGates,
} from '../../src/bayesian-bits/sample.js';
import { convolve } from '../../src/nn/convolve.js';
import {
  epsilon,
  foldedBatchNormTest,
  foldedBatchNormTraining,
  momentum,
  type BatchNorm,
} from '../../src/nn/batch-norm.js';
import { readGolden } from '../helpers/golden.js';
import { startTestBackend } from '../helpers/test-backend.js';

interface Quantizer {
  readonly beta: number;
  readonly signed: boolean;
  readonly phi: Readonly<Record<string, number[]>>;
  readonly u: Readonly<Record<string, number[]>>;
}

interface Golden {
  readonly name: string;
  /** Row-major, in NCHW and OIHW. */
  readonly input: { readonly shape: Shape; readonly values: number[] };
  readonly weight: { readonly shape: Shape; readonly values: number[] };
  readonly bnScale: number[];
  readonly bnShift: number[];
  readonly runningMeanBefore: number[];
  readonly runningVarBefore: number[];
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightQuantizer: Quantizer;
  readonly activationQuantizer: Quantizer;
  readonly output: { readonly shape: Shape; readonly values: number[] };
  readonly dy: number[];
  readonly gradients: Readonly<Record<string, number | number[] | Record<string, number[]>>>;
  readonly runningMeanAfter: number[];
  readonly runningVarAfter: number[];
  readonly testOutput: number[];
}

type Shape = [number, number, number, number];

const { cases } = readGolden('folded-batchnorm.json') as { cases: Golden[] };
const toNhwc = [0, 2, 3, 1];
const toNchw = [0, 3, 1, 2];
const toHwio = [2, 3, 1, 0];
const toOihw = [3, 2, 0, 1];

beforeAll(startTestBackend);

describe.each(cases)('a convolution with folded batch norm, $name', (golden) => {
  test('matches the golden training step: output, gradients, running statistics', () => {
    const weightGates = gatesOf(golden.weightQuantizer, 'training');
    const activationGates = gatesOf(golden.activationQuantizer, 'training');
    let statistics = {} as Record<'mean' | 'variance', number[]>;

    const run = (...args: tf.Tensor[]) => {
      const [
        x,
        weight,
        scale,
        shift,
        weightBeta,
        weightProducts,
        z2,
        activationBeta,
        activationProducts,
      ] = args as Operands;
      const { output, statistics: updated } = foldedBatchNormTraining(
        convolution(x),
        weight,
        { ...normOf(golden), scale, shift },
        (folded) =>
          quantize(folded, true, { beta: weightBeta, products: weightProducts, channelGates: z2 }),
      );
      statistics = { mean: valuesOf(updated.mean), variance: valuesOf(updated.variance) };
      return quantize(output, false, { beta: activationBeta, products: activationProducts });
    };
    const operands = operandsOf(golden, weightGates, activationGates);
    const dy = inLayout(golden.dy, golden.output.shape, toNhwc);
    const { value, grads } = tf.valueAndGrads(run)(operands, dy);

    expectClose(valuesOf(tf.transpose(value, toNchw)), golden.output.values, 1e-5);
    expectClose(statistics.mean, golden.runningMeanAfter, 1e-5);
    expectClose(statistics.variance, golden.runningVarAfter, 1e-5);

    const [
      dx,
      dWeight,
      dScale,
      dShift,
      dWeightBeta,
      dWeightProducts,
      dz2,
      dActivationBeta,
      dActivationProducts,
    ] = grads as Operands;
    const { gradients } = golden;
    const weightPhi = phiGradients(weightGates, valuesOf(dWeightProducts), valuesOf(dz2));
    const activationPhi = phiGradients(activationGates, valuesOf(dActivationProducts), []);
    const found: Record<keyof typeof gradients, number[]> = {
      input: valuesOf(tf.transpose(dx, toNchw)),
      weight: valuesOf(tf.transpose(dWeight, toOihw)),
      bnScale: valuesOf(dScale),
      bnShift: valuesOf(dShift),
      weightBeta: valuesOf(dWeightBeta),
      activationBeta: valuesOf(dActivationBeta),
      weightPhi: [...weightPhi.channels, ...weightPhi.bits],
      activationPhi: [...activationPhi.bits],
    };
    expect(Object.keys(found).sort()).toEqual(Object.keys(gradients).sort());
    for (const [name, expected] of Object.entries(gradients)) {
      // Gradients of ranges and gates are sums over all outputs, with cancellation.
      const noise = 1e-6 * golden.dy.reduce((sum, dy) => sum + Math.abs(dy), 0);
      expectClose(found[name] ?? [], flat(expected), 2e-4, { name, noise });
    }
  });

  test('matches the golden test-time output', () => {
    const norm = normOf(golden);
    const [x, weight, , , weightBeta, weightProducts, z2, activationBeta, activationProducts] =
      operandsOf(
        golden,
        gatesOf(golden.weightQuantizer, 'test'),
        gatesOf(golden.activationQuantizer, 'test'),
      );
    const after = {
      ...norm,
      mean: tf.tensor1d(golden.runningMeanAfter),
      variance: tf.tensor1d(golden.runningVarAfter),
    };
    const output = foldedBatchNormTest(convolution(x), weight, after, (folded) =>
      quantize(folded, true, { beta: weightBeta, products: weightProducts, channelGates: z2 }),
    );
    const activation = quantize(output, false, {
      beta: activationBeta,
      products: activationProducts,
    });
    expectClose(valuesOf(tf.transpose(activation, toNchw)), golden.testOutput, 1e-5);
  });

  test('uses the golden constants', () => {
    expect({ epsilon, momentum }).toEqual({ epsilon: golden.epsilon, momentum: golden.momentum });
  });
});

/** x, weight, scale, shift, then beta, products and channel gates of both quantizers. */
type Operands = [
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
  tf.Tensor,
];

function operandsOf(golden: Golden, weight: SampledGates, activation: SampledGates): Operands {
  return [
    inLayout(golden.input.values, golden.input.shape, toNhwc),
    inLayout(golden.weight.values, golden.weight.shape, toHwio),
    tf.tensor1d(golden.bnScale),
    tf.tensor1d(golden.bnShift),
    tf.scalar(golden.weightQuantizer.beta),
    tf.tensor1d([...weight.products]),
    tf.tensor1d(Array.from(weight.z.channels)),
    tf.scalar(golden.activationQuantizer.beta),
    tf.tensor1d([...activation.products]),
  ];
}

function gatesOf({ phi, u }: Quantizer, when: 'training' | 'test'): SampledGates {
  return when === 'training'
    ? sampleGates(hardConcrete, gateValues(phi), gateValues(u))
    : testGates(hardConcrete, gateValues(phi));
}

function gateValues(values: Quantizer['phi']): GateValues {
  return {
    channels: Float64Array.from(values['2'] ?? []),
    bits: gatedBitWidths.map((bits) => values[bits]?.[0] ?? NaN),
  };
}

function normOf(golden: Golden): BatchNorm {
  return {
    scale: tf.tensor1d(golden.bnScale),
    shift: tf.tensor1d(golden.bnShift),
    mean: tf.tensor1d(golden.runningMeanBefore),
    variance: tf.tensor1d(golden.runningVarBefore),
  };
}

const geometry = {
  stride: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  groups: 1,
} as const;
const convolution = (x: tf.Tensor) => (weight: tf.Tensor) => convolve(x, weight, geometry);

function inLayout(values: number[], shape: Shape, order: number[]): tf.Tensor {
  return tf.transpose(tf.tensor(values, shape), order);
}

function valuesOf(tensor: tf.Tensor): number[] {
  return Array.from(tensor.dataSync());
}

function flat(expected: number | number[] | Record<string, number[]>): number[] {
  if (typeof expected === 'number') return [expected];
  return Array.isArray(expected) ? expected : Object.values(expected).flat();
}

/** Expects an error of at most `share` of the largest entry, plus noise. */
function expectClose(
  found: readonly number[],
  expected: readonly number[],
  share: number,
  { name = '', noise = 0 } = {},
): void {
  expect(found.length, name).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - (found[i] ?? NaN))));
  expect(worst, name).toBeLessThan(share * largest + noise);
}
