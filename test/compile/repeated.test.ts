import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { entry, type NamedTensors } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { repeated } from '../../src/compile/repeated.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { modesWithXla, numbers, read } from './modes.js';

beforeAll(async () => {
  process.env['XLA_FLAGS'] = '--xla_backend_optimization_level=0';
  await startTestBackend();
});

const most = 4;

/** Adds x to the state's sum until that is too large. */
const add = repeated(
  entry({ x: { shape: [2], dtype: 'float32' } }, ({ x }, { total, factor }) => {
    const sum = tf.add(total as tf.Tensor, tf.mul(x, factor as tf.Tensor));
    const isTooLarge = tf.greater(tf.sum(sum), 100);
    return { outputs: { sum, mean: tf.mean(sum), isTooLarge }, state: { total: sum } };
  }),
  most,
  'isTooLarge',
);

describe.each(modesWithXla)('a repeated entry, in %s mode', (mode) => {
  const programOf = () => {
    const state: NamedTensors = { total: tf.tensor1d([1, 2]), factor: tf.scalar(2) };
    const program = compile(state, { add }, { mode });
    tf.dispose(state);
    return program;
  };

  const run = (program: ReturnType<typeof programOf>, rows: readonly number[], count: number) => {
    const x = tf.tensor2d(
      [...rows, ...new Array<number>(2 * most - rows.length).fill(7)],
      [most, 2],
    );
    const given = { x, count: tf.scalar(count, 'int32') };
    const found = program.run('add', given);
    tf.dispose(given);
    return read(found);
  };

  test('passes its state from run to run, and leaves the rows of runs that do not happen at 0', () => {
    const program = programOf();
    const before = tf.memory().numTensors;
    expect(run(program, [1, 0, 0, 1, 1, 1], 3)).toEqual({
      sum: { dtype: 'float32', shape: [most, 2], values: [3, 2, 3, 4, 5, 6, 0, 0] },
      mean: { dtype: 'float32', shape: [most], values: [2.5, 3.5, 5.5, 0] },
      isTooLarge: { dtype: 'bool', shape: [most], values: [0, 0, 0, 0] },
    });
    expect(run(program, [1, 1], 1)['sum']?.values).toEqual([7, 8, 0, 0, 0, 0, 0, 0]);
    expect(tf.memory().numTensors).toBe(before);
    expect(numbers(program.getState()['total'])).toEqual([7, 8]);
    program.dispose();
  });

  test('ends after the run whose output says so', () => {
    const program = programOf();
    const { isTooLarge, sum } = run(program, [1, 0, 50, 0, 1, 1, 1, 1], 4);
    expect(isTooLarge?.values).toEqual([0, 1, 0, 0]);
    expect(sum?.values).toEqual([3, 2, 103, 2, 0, 0, 0, 0]);
    expect(numbers(program.getState()['total'])).toEqual([103, 2]);
    program.dispose();
  });

  test('needs rows for the maximum number of runs', () => {
    const program = programOf();
    const given = { x: tf.zeros([3, 2]), count: tf.scalar(3, 'int32') };
    expect(() => program.run('add', given)).toThrow(
      'input "x" of entry "add" is float32[3,2]; expected float32[4,2]',
    );
    tf.dispose(given);
    program.dispose();
  });
});
