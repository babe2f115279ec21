import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  entry,
  type NamedTensors,
  type Program,
  type TensorSpec,
} from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { startNative } from '../helpers/test-backend.js';
import { useBackend } from './backends.js';
import { modesWithXla, numbers } from './modes.js';

beforeAll(startNative);

describe.each(modesWithXla)('a program, %s', (mode) => {
  function makeProgram() {
    return compile(
      { total: tf.zeros([2]), count: tf.scalar(3, 'int32') },
      {
        add: entry(
          {
            x: { shape: [2], dtype: 'float32' },
            times: { shape: [], dtype: 'int32' },
          },
          ({ x, times }, state) => {
            const total = tf.add(state['total'] as tf.Tensor, tf.mul(x, tf.cast(times, 'float32')));
            return { outputs: { total }, state: { total } };
          },
        ),
      },
      { mode },
    );
  }
  const good = () => ({ x: tf.tensor1d([1, 2]), times: tf.scalar(3, 'int32') });
  /** As an untyped caller would. */
  const run =
    (inputs: NamedTensors, name = 'add') =>
    () =>
      (makeProgram() as unknown as Program<Record<string, ReturnType<typeof entry>>>).run(
        name,
        inputs,
      );

  test('runs if all inputs match their declarations', () => {
    expect(numbers(run(good())()['total'])).toEqual([3, 6]);
  });

  test.each<[string, () => NamedTensors, string]>([
    [
      'a wrong shape',
      () => ({ ...good(), x: tf.ones([2, 1]) }),
      'compile: input "x" of entry "add" is float32[2,1]; expected float32[2]',
    ],
    [
      'a wrong rank',
      () => ({ ...good(), times: tf.tensor1d([3], 'int32') }),
      'compile: input "times" of entry "add" is int32[1]; expected int32[]',
    ],
    [
      'a wrong data type',
      () => ({ ...good(), times: tf.scalar(3) }),
      'compile: input "times" of entry "add" is float32[]; expected int32[]',
    ],
    [
      'a missing input',
      () => ({ times: tf.scalar(3, 'int32') }),
      'compile: entry "add" needs an input "x"',
    ],
    [
      'an unknown input',
      () => ({ ...good(), y: tf.scalar(1) }),
      'compile: entry "add" has no input "y", only "x", "times"',
    ],
  ])('refuses %s', (_, inputs, message) => {
    expect(run(inputs())).toThrow(message);
  });

  test('refuses an unknown entry', () => {
    expect(run(good(), 'subtract')).toThrow('compile: no entry "subtract"');
  });

  test('refuses state of another name, shape or type, and keeps its own', () => {
    const program = makeProgram();
    const set = (values: NamedTensors) => () => {
      program.setState(values);
    };
    expect(set({ totals: tf.ones([2]) })).toThrow(
      'compile: setState has "totals"; the state has only "total", "count"',
    );
    expect(set({ count: tf.scalar(1, 'int32'), total: tf.ones([3]) })).toThrow(
      'compile: "total" of setState is float32[3]; expected float32[2]',
    );
    expect(set({ count: tf.scalar(1) })).toThrow(
      'compile: "count" of setState is float32[]; expected int32[]',
    );
    expect(numbers(program.getState()['count'])).toEqual([3]);
    program.dispose();
  });

  test('refuses initial state that is neither numbers nor bool', () => {
    expect(() => compile({ name: tf.scalar('a') }, {}, { mode })).toThrow(
      'compile: "name" is string; expected float32, int32 or bool',
    );
  });

  test.each<[string, Record<string, TensorSpec>, string]>([
    [
      'with another name',
      { sum: { shape: [], dtype: 'float32' } },
      'compile: the new state of entry "bad" has "sum"; the state has only "total"',
    ],
    [
      'of another shape',
      { total: { shape: [1], dtype: 'float32' } },
      'compile: "total" of the new state of entry "bad" is float32[1]; expected float32[]',
    ],
    [
      'of another type',
      { total: { shape: [], dtype: 'int32' } },
      'compile: "total" of the new state of entry "bad" is int32[]; expected float32[]',
    ],
  ])('refuses a new state %s', (_, state, message) => {
    expect(() => {
      const program = compile(
        { total: tf.scalar(0) },
        {
          bad: entry({}, () => ({
            outputs: {},
            state: Object.fromEntries(
              Object.entries(state).map(([name, { shape, dtype }]) => [
                name,
                tf.zeros([...shape], dtype),
              ]),
            ),
          })),
        },
        { mode },
      );
      program.run('bad', {});
    }).toThrow(message);
  });
});

describe('the mode', () => {
  test('is graph on native TensorFlow, or eager on request', () => {
    let calls = 0;
    const count = {
      run: entry({}, () => {
        calls += 1;
        return { outputs: {} };
      }),
    };
    const graph = compile({}, count);
    graph.run('run', {});
    graph.run('run', {});
    expect(calls).toBe(1);
    const eager = compile({}, count, { mode: 'eager' });
    expect(calls).toBe(1);
    eager.run('run', {});
    eager.run('run', {});
    expect(calls).toBe(3);
    graph.dispose();
    eager.dispose();
  });

  test('is eager on other backends, which refuse graphs', async () => {
    await useBackend('cpu');
    try {
      const double = {
        run: entry({ x: { shape: [2], dtype: 'float32' } }, ({ x }) => ({
          outputs: { y: tf.mul(x, 2) },
        })),
      };
      const program = compile({}, double);
      expect(numbers(program.run('run', { x: tf.tensor1d([1, 2]) }).y)).toEqual([2, 4]);
      program.dispose();
      expect(() => compile({}, double, { mode: 'graph' })).toThrow(
        'compile: a graph needs the native TensorFlow backend, found "cpu"',
      );
    } finally {
      await useBackend('tensorflow');
    }
  });
});
