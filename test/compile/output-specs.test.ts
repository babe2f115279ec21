import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { prices } from '../../src/bayesian-bits/prices.js';
import { describe as inWords } from '../../src/compile/check.js';
import type { TensorSpec } from '../../src/compile/entry.js';
import { findNativeBackend, type NativeBackend } from '../../src/compile/native-backend.js';
import { outputSpecs } from '../../src/compile/output-specs.js';
import {
  averagePool,
  convolution,
  dense,
  maxPool,
  residual,
  subsample,
} from '../../src/nn/network.js';
import { bitsOf, gather } from '../../src/kernels/memory.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { randomStream } from '../../src/random.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { createLearner, type Learner } from '../../src/training/learner.js';
import { adamW } from '../../src/training/optimizers/optimizers.js';
import { noNoise } from '../../src/training/quantizer-state.js';
import { learnedGates } from '../helpers/learned-gates.js';
import { withoutOwnKernels } from '../helpers/own-kernels.js';
import { startNative } from '../helpers/test-backend.js';

beforeAll(startNative);

const batchSize = 3;
/** Every built-in type of layer, with equal and unequal strides and sizes. */
const plan = planNetwork(
  {
    name: 'all kinds',
    layers: [
      convolution('conv1', 4, 5, { stride: 2, batchNorm: 'folded' }),
      maxPool(2),
      residual(
        'block',
        [convolution('conv2', 6, 3, { stride: 2, padding: 1, batchNorm: 'unfolded' })],
        [subsample(2, 6)],
      ),
      convolution('conv3', 4, 3, { padding: 1 }),
      averagePool,
      dense('fc', 10),
    ],
  },
  [19, 19, 3],
);
const size = 19 * 19 * 3;

function learnerIn(mode: 'eager' | 'graph'): Learner {
  const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const initial = initialWeights(plan, randomStream(1, 'weights'));
  const learner = createLearner(
    {
      plan,
      gates: learnedGates(plan.quantizers, { 2: 0.5, 4: 0.5, 8: 0.5, 16: 0.5, 32: 0.5 }),
      price: prices.bops,
      optimizers: { weights: adamW(adam), gates: adam, ranges: adam },
      batchSizes: [batchSize],
      evaluationSizes: [batchSize],
      rangeImages: 2,
      mode,
    },
    initial,
  );
  tf.dispose(initial);
  return learner;
}

/** An op that was run: its predicted and its actual outputs. */
interface Call {
  readonly op: string;
  readonly told: readonly TensorSpec[] | undefined;
  readonly gave: readonly TensorSpec[];
}

function callsIn(run: () => void): Call[] {
  const backend = findNativeBackend() as NativeBackend;
  const runOp = backend.executeMultipleOutputs.bind(backend);
  const move = backend.move.bind(backend);
  const constants = new WeakMap<object, number[]>();
  const calls: Call[] = [];
  const specOf = ({ shape, dtype }: tf.TensorInfo) => ({ shape, dtype }) as TensorSpec;
  const noting: Partial<NativeBackend> = {
    executeMultipleOutputs(op, attributes, inputs, count) {
      const numbers = (input: number) => constants.get((inputs[input] as tf.TensorInfo).dataId);
      const told = outputSpecs(op, attributes, inputs.map(specOf), numbers);
      const outputs = runOp(op, attributes, inputs, count);
      calls.push({ op, told, gave: outputs.map(specOf) });
      return outputs;
    },
    executeSingleOutput: (op, attributes, inputs) =>
      backend.executeMultipleOutputs(op, attributes, inputs, 1)[0] as tf.Tensor,
    move(dataId, values, ...others) {
      if (values) constants.set(dataId, Array.from(values as ArrayLike<number>));
      move(dataId, values, ...others);
    },
  };
  Object.assign(backend, noting);
  try {
    run();
  } finally {
    for (const key of Object.keys(noting)) Reflect.deleteProperty(backend, key);
  }
  return calls;
}

const text = (op: string, specs: readonly TensorSpec[]) =>
  `${op}: ${specs
    .slice(0, specs.length - (unread[op] ?? 0))
    .map(inWords)
    .join(' ')}`;

function expectAsTold(calls: readonly Call[]): void {
  const known = calls.filter(({ told }) => told !== undefined);
  expect(known.map(({ op, told = [] }) => text(op, told))).toEqual(
    known.map(({ op, gave }) => text(op, gave)),
  );
}

/** The number of outputs that nothing reads, whose specs may differ between kernels. */
const unread: Readonly<Record<string, number>> = { FusedBatchNormV3: 1, FusedBatchNormGradV3: 2 };

const inUse = <T>(run: () => T) => run();

describe.each([
  ["bbits' own kernels", inUse],
  ['plain functions', withoutOwnKernels],
])('with %s', (_, kernels) => {
  test('ops have the predicted output specs', () => {
    const calls = callsIn(() => {
      kernels(() => {
        const learner = learnerIn('eager');
        const images = new Float32Array(batchSize * size).fill(0.5);
        learner.initializeRanges(images.subarray(0, 2 * size), noNoise);
        learner.step({ images, labels: Int32Array.of(1, 2, 3) }, noNoise, { mu: 0.1 });
        learner.evaluate({ images, labels: Int32Array.of(1, 2, 3) });
        learner.dispose();
      });
    });
    expectAsTold(calls);
  });

  test('a network is traced without being computed', () => {
    const ran = callsIn(() => {
      kernels(() => {
        learnerIn('graph').dispose();
      });
    });
    const cheap = 'ArgMax ConcatV2 LogicalNot OneHot Pack Slice SplitV StridedSlice Unpack'.split(
      ' ',
    );
    expect([...new Set(ran.map(({ op }) => op))].filter((op) => !cheap.includes(op))).toEqual([]);
  });
});

test('ops that only move numbers have the predicted output specs', () => {
  const calls = callsIn(() => {
    const x = tf.zeros([4, 5, 6]);
    const rows = tf.tensor1d([3, 0], 'int32');
    gather(bitsOf(x), rows);
    gather(x, tf.zeros([2, 7], 'int32'));
    gather(x, tf.zeros([4, 3], 'int32'), 1);
    gather(x, tf.zeros([4, 5, 2, 3], 'int32'), 2);
  });
  const moving = calls.filter(({ op }) => ['Bitcast', 'GatherV2'].includes(op));
  expect(moving.map(({ told }) => told !== undefined)).toEqual(new Array(5).fill(true));
  expectAsTold(moving);
});
