import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { branch } from '../../src/compile/branch.js';
import { entry, type NamedTensors } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { startNative } from '../helpers/test-backend.js';
import { modes, modesWithXla, numbers, pick, read, runOnce, type Mode } from './modes.js';

beforeAll(startNative);

const float = { shape: [], dtype: 'float32' } as const;
const int = { shape: [], dtype: 'int32' } as const;
const bool = { shape: [], dtype: 'bool' } as const;

describe.each(modesWithXla)('a branch, %s', (mode) => {
  test('gives either side, in all data types', () => {
    const program = compile(
      {},
      {
        choose: entry({ on: bool, x: float }, ({ on, x }) => {
          const [scaled, count, flag] = branch(
            on,
            () => [tf.mul(x, 2), tf.cast(x, 'int32'), tf.greater(x, 0)],
            [x, tf.scalar(-1, 'int32'), tf.scalar(false, 'bool')],
          );
          return { outputs: { scaled, count, flag } };
        }),
      },
      { mode },
    );
    const run = (on: boolean) =>
      read(program.run('choose', { on: tf.scalar(on, 'bool'), x: tf.scalar(3) }));
    expect(run(true)).toEqual({
      scaled: { dtype: 'float32', shape: [], values: [6] },
      count: { dtype: 'int32', shape: [], values: [3] },
      flag: { dtype: 'bool', shape: [], values: [1] },
    });
    expect(run(false)).toEqual({
      scaled: { dtype: 'float32', shape: [], values: [3] },
      count: { dtype: 'int32', shape: [], values: [-1] },
      flag: { dtype: 'bool', shape: [], values: [0] },
    });
    program.dispose();
  });

  test('may return a constant, an outer tensor or the other side’s tensor', () => {
    const run = runner(mode, tf.scalar(1), (on, x) => {
      const outside = tf.mul(x, 2);
      const [constant] = branch(on, () => [tf.scalar(5)], [x]);
      const [computed] = branch(on, () => [tf.add(tf.scalar(5), 1)], [tf.scalar(7)]);
      const [as] = branch(on, () => [outside], [x]);
      const [same] = branch(on, () => [x], [x]);
      return { constant, computed, as, same };
    });
    const only = (contents: ReturnType<typeof read>) =>
      Object.values(contents).map(({ values }) => values[0]);
    expect(only(run(true))).toEqual([5, 6, 2, 1]);
    expect(only(run(false))).toEqual([1, 7, 1, 1]);
  });

  test.each([true, false])('may have a constant condition: %s', (on) => {
    const { result } = runOnce(
      mode,
      ({ outer, x }) => {
        const inside = () => branch(tf.scalar(on, 'bool'), () => [tf.scalar(2)], [x as tf.Tensor]);
        const [nested] = branch(outer as tf.Tensor, () => [tf.neg(inside()[0])], [x as tf.Tensor]);
        return { result: tf.stack([inside()[0], nested]) };
      },
      { outer: tf.scalar(true, 'bool'), x: tf.scalar(1) },
    );
    expect(numbers(result)).toEqual(on ? [2, -2] : [1, -1]);
  });

  test('can read state and return the new state', () => {
    const program = compile(
      { total: tf.scalar(1), isOn: tf.scalar(false, 'bool') },
      {
        addIfOn: entry({ amount: float }, ({ amount }, state) => {
          const total = state['total'] as tf.Tensor;
          const isOn = state['isOn'] as tf.Tensor;
          const [next] = branch(isOn, () => [tf.add(total, amount)], [total]);
          return { outputs: { next }, state: { total: next, isOn: tf.logicalNot(isOn) } };
        }),
      },
      { mode },
    );
    const totals = [1, 2, 3, 4].map(
      () => numbers(program.run('addIfOn', { amount: tf.scalar(10) }).next)[0],
    );
    expect(totals).toEqual([1, 11, 11, 21]);
    expect(read(program.getState())['total']?.values).toEqual([21]);
    program.dispose();
  });

  test('works in both function and gradient of a customGrad', () => {
    const cubeIf = (on: tf.Tensor) =>
      tf.customGrad((...args) => {
        const [x, save] = args as [tf.Tensor, (tensors: tf.Tensor[]) => void];
        const [cube, square] = branch(on, () => [tf.pow(x, 3), tf.square(x)], [x, x]);
        save([square]);
        return {
          value: cube,
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
            const squared = saved[0] as tf.Tensor;
            return branch(on, () => [tf.mul(dy, tf.mul(squared, 3))], [dy])[0];
          },
        };
      });
    const run = runner(mode, tf.tensor1d([1, -1]), (on, x) => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => cubeIf(on)(tf.mul(x, 2)))(x);
      return { value, grad };
    });
    expect(run(true)['value']?.values).toEqual([8, -8]);
    expect(run(true)['grad']?.values).toEqual([24, 24]);
    expect(run(false)['value']?.values).toEqual([2, -2]);
    expect(run(false)['grad']?.values).toEqual([2, 2]);
  });
});

describe.each(modes)('a branch, %s', (mode) => {
  test('that is skipped is not computed', () => {
    const program = compile(
      {},
      {
        // Fails if computed with an index of 3 or more.
        maybe: entry({ on: bool, index: int }, ({ on, index }) => {
          const [picked] = branch(
            on,
            () => [tf.mul(pick(tf.add(index, tf.scalar(1, 'int32'))), 10)],
            [tf.scalar(-1)],
          );
          return { outputs: { picked } };
        }),
      },
      { mode },
    );
    const run = (on: boolean, index: number) =>
      numbers(
        program.run('maybe', { on: tf.scalar(on, 'bool'), index: tf.scalar(index, 'int32') })
          .picked,
      );
    expect(run(true, 1)).toEqual([30]);
    expect(run(false, 6)).toEqual([-1]);
    expect(() => run(true, 6)).toThrow('= 7 is not in [0, 3)');
    program.dispose();
  });

  test('inside another is computed only if both are taken', () => {
    const program = compile(
      {},
      {
        nested: entry({ outer: bool, inner: bool, index: int, x: float }, (inputs) => {
          const { outer, inner, index, x } = inputs;
          const doubled = tf.mul(x, 2);
          const [result] = branch(outer, () => {
            const tripled = tf.mul(x, 3);
            const [deep] = branch(
              tf.logicalAnd(inner, tf.greater(tripled, 0)),
              () => [tf.add(tf.add(doubled, tripled), pick(index))],
              [tripled],
            );
            return [tf.add(deep, 100)];
          }, [doubled]);
          return { outputs: { result } };
        }),
      },
      { mode },
    );
    const run = (outer: boolean, inner: boolean, index: number, x: number) =>
      numbers(
        program.run('nested', {
          outer: tf.scalar(outer, 'bool'),
          inner: tf.scalar(inner, 'bool'),
          index: tf.scalar(index, 'int32'),
          x: tf.scalar(x),
        }).result,
      );
    expect(run(true, true, 2, 1)).toEqual([108]);
    expect(run(true, false, 9, 1)).toEqual([103]);
    expect(run(true, true, 9, -1)).toEqual([97]);
    expect(run(false, true, 9, 1)).toEqual([2]);
    expect(run(false, false, 9, 1)).toEqual([2]);
    expect(() => run(true, true, 9, 1)).toThrow('= 9 is not in [0, 3)');
    program.dispose();
  });
});

test('XLA computes only the taken side of a branch, instead of selecting', () => {
  const run = runner('xla', tf.scalar(-4), (on, x) => {
    // NaN, as would be any sum that contains it.
    const [root] = branch(on, () => [tf.sqrt(x)], [x]);
    const [nested] = branch(on, () => branch(on, () => [tf.log(x)], [x]), [tf.add(root, 1)]);
    return { root, nested };
  });
  expect(run(true)['root']?.values).toEqual([NaN]);
  expect(run(false)['root']?.values).toEqual([-4]);
  expect(run(false)['nested']?.values).toEqual([-3]);
});

/** Returns a function that runs `run` with a given condition. */
function runner(mode: Mode, x: tf.Tensor, run: (on: tf.Tensor, x: tf.Tensor) => NamedTensors) {
  return (on: boolean) =>
    read(
      runOnce(mode, ({ on, x }) => run(on as tf.Tensor, x as tf.Tensor), {
        on: tf.scalar(on, 'bool'),
        x,
      }),
    );
}
