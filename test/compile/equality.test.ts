import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NamedTensors } from '../../src/compile/entry.js';
import { startNative } from '../helpers/test-backend.js';
import { read, runOnce, type Contents } from './modes.js';

beforeAll(startNative);

interface Case {
  readonly inputs?: () => NamedTensors;
  readonly run: (inputs: NamedTensors) => NamedTensors;
}

/** Inputs by name; each case knows its own. */
const get = (inputs: NamedTensors, ...names: string[]) =>
  names.map((name) => inputs[name] as tf.Tensor) as [tf.Tensor, tf.Tensor, tf.Tensor];

const ramp = (...shape: number[]) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: size }, (_, index) => Math.sin(1 + index * 1.7));
  return tf.tensor(values, shape);
};

const cases: Record<string, Case> = {
  'float32 arithmetic': {
    inputs: () => ({ x: ramp(3, 4), y: ramp(4) }),
    run: (inputs) => {
      const [x, y] = get(inputs, 'x', 'y');
      return { sum: tf.add(x, y), ratio: tf.div(x, y), root: tf.sqrt(tf.abs(tf.sub(x, y))) };
    },
  },
  'int32 arithmetic, quotients and remainders': {
    inputs: () => ({
      a: tf.tensor1d([7, -7, 2 ** 31 - 1, 0], 'int32'),
      b: tf.tensor1d([3, 3, 2, 5], 'int32'),
    }),
    run: (inputs) => {
      const [a, b] = get(inputs, 'a', 'b');
      return {
        sum: tf.add(a, b),
        floor: tf.floorDiv(a, b),
        rest: tf.mod(a, b),
        float: tf.cast(a, 'float32'),
      };
    },
  },
  'bool logic and comparisons': {
    inputs: () => ({
      p: tf.tensor1d([true, false, true, false], 'bool'),
      q: tf.tensor1d([true, true, false, false], 'bool'),
      x: tf.tensor1d([-1, 0, NaN, 2]),
    }),
    run: (inputs) => {
      const [p, q, x] = get(inputs, 'p', 'q', 'x');
      return {
        and: tf.logicalAnd(p, q),
        not: tf.logicalNot(p),
        positive: tf.greater(x, 0),
        same: tf.equal(x, x),
        chosen: tf.where(p, x, tf.neg(x)),
      };
    },
  },
  'scalars in and out': {
    inputs: () => ({ x: tf.scalar(3), n: tf.scalar(4, 'int32'), on: tf.scalar(true, 'bool') }),
    run: (inputs) => {
      const [x, n, on] = get(inputs, 'x', 'n', 'on');
      return { x: tf.square(x), n: tf.square(n), on: tf.logicalNot(on) };
    },
  },
  'tensors without elements': {
    inputs: () => ({ none: tf.zeros([0, 3]), some: ramp(2, 3) }),
    run: (inputs) => {
      const [none, some] = get(inputs, 'none', 'some');
      return {
        none: tf.mul(none, 2),
        joined: tf.concat([none, some]),
        sum: tf.sum(none, 0),
        made: tf.zeros([4, 0], 'int32'),
      };
    },
  },
  'no inputs and no outputs': { run: () => ({}) },
  'tensors made from JavaScript values': {
    inputs: () => ({ x: ramp(2, 2) }),
    run: (inputs) => {
      const [x] = get(inputs, 'x');
      const flags = tf.tensor2d([true, false, false, true], [2, 2], 'bool');
      const counts = tf.tensor2d([1, -2, 3, -4], [2, 2], 'int32');
      return {
        flags,
        counts,
        float: tf.tensor([0.1, -0, Infinity]),
        masked: tf.mul(x, tf.cast(flags, 'float32')),
        weighted: tf.mul(x, tf.cast(counts, 'float32')),
        number: tf.add(x, 0.25),
        ones: tf.onesLike(x),
      };
    },
  },
  'inputs that are outputs as they are, twice': {
    inputs: () => ({ x: ramp(3), n: tf.tensor1d([1, 2], 'int32') }),
    run: ({ x, n }) => ({ x: x as tf.Tensor, again: x as tf.Tensor, n: n as tf.Tensor }),
  },
  'several outputs of one op': {
    inputs: () => ({ x: ramp(4, 3) }),
    run: (inputs) => {
      const [x] = get(inputs, 'x');
      const [top, middle, bottom] = tf.split(x, [1, 2, 1]) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const { values, indices } = tf.topk(x, 2);
      return { bottom, top, product: tf.mul(middle, top), values, indices };
    },
  },
  'shapes: reshape, transpose, slice, gather, pad, one hot': {
    inputs: () => ({ x: ramp(2, 6), labels: tf.tensor1d([1, 0, 1], 'int32') }),
    run: (inputs) => {
      const [x, labels] = get(inputs, 'x', 'labels');
      return {
        flat: tf.reshape(x, [-1]),
        turned: tf.transpose(x),
        part: tf.slice(x, [0, 1], [2, 3]),
        rows: tf.gather(x, tf.tensor1d([1, 0, 1], 'int32')),
        padded: tf.pad(x, [
          [1, 0],
          [0, 2],
        ]),
        hot: tf.oneHot(labels, 3),
        rounded: tf.round(tf.mul(x, 2)),
        largest: tf.argMax(x, 1),
      };
    },
  },
  'convolution and pooling with their gradients': {
    inputs: () => ({ x: ramp(2, 6, 6, 2), w: ramp(3, 3, 2, 4), b: ramp(4) }),
    run: (inputs) => {
      const loss = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => {
        const convolved = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid');
        const pooled = tf.maxPool(tf.relu(tf.add<tf.Tensor4D>(convolved, b)), 2, 2, 'valid');
        return tf.sum(tf.square(pooled));
      };
      const { value, grads } = tf.valueAndGrads(loss)(get(inputs, 'x', 'w', 'b'));
      const [dx, dw, db] = grads as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { value, dx, dw, db };
    },
  },
  'a matrix product and softmax with their gradients': {
    inputs: () => ({ x: ramp(3, 5), w: ramp(5, 4) }),
    run: (inputs) => {
      const loss = (x: tf.Tensor, w: tf.Tensor) =>
        tf.neg(tf.sum(tf.logSoftmax<tf.Tensor>(tf.matMul(x, w))));
      const { value, grads } = tf.valueAndGrads(loss)(get(inputs, 'x', 'w'));
      return { value, dx: grads[0] as tf.Tensor, dw: grads[1] as tf.Tensor };
    },
  },
  'a gradient of its own (customGrad), with saved tensors': {
    inputs: () => ({ x: ramp(5), dy: ramp(5) }),
    run: (inputs) => {
      const roundStraightThrough = tf.customGrad((x, save) => {
        (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
        return {
          value: tf.round(x as tf.Tensor),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
            tf.mul(dy, tf.less(tf.abs(saved[0] as tf.Tensor), 0.9)),
        };
      });
      const [x, dy] = get(inputs, 'x', 'dy');
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => roundStraightThrough(tf.mul(x, 3)))(
        x,
        dy,
      );
      return { y: value, dx: grad };
    },
  },
};

describe.each(['graph', 'xla'] as const)(
  'an entry gives the same results in %s mode as eagerly',
  (mode) => {
    test.each(Object.entries(cases))('%s', (_, { inputs = () => ({}), run }) => {
      const given = inputs();
      const compiled = read(runOnce(mode, run, given));
      const called = read(runOnce('eager', run, given));
      expect(Object.keys(compiled)).toEqual(Object.keys(called));
      for (const [name, contents] of Object.entries(compiled)) {
        expectSame(name, contents, called[name] as Contents);
      }
      tf.dispose(given);
    });
  },
);

/** Equal up to float32 rounding, since a graph may fuse operations. */
function expectSame(name: string, found: Contents, expected: Contents): void {
  const { values, ...form } = found;
  const { values: expectedValues, ...expectedForm } = expected;
  expect(form, name).toEqual(expectedForm);
  expect(values, name).toHaveLength(expectedValues.length);
  const finite = expectedValues.filter(Number.isFinite).map(Math.abs);
  const tolerance = form.dtype === 'float32' ? 1e-6 * Math.max(0, ...finite) : 0;
  values.forEach((value, index) => {
    const wanted = expectedValues[index] as number;
    if (Number.isFinite(wanted)) expect(Math.abs(value - wanted)).toBeLessThanOrEqual(tolerance);
    else expect(value).toBe(wanted);
  });
}
