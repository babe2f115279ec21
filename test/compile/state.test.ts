import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { entry, type NamedTensors } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { inScope } from '../../src/compile/scope.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { modesWithXla, numbers, read } from './modes.js';

beforeAll(startTestBackend);

const scalar = { shape: [], dtype: 'float32' } as const;
const at = (state: Readonly<NamedTensors>, name: string) => state[name] as tf.Tensor;

describe.each(modesWithXla)('state, %s', (mode) => {
  test('is shared by several entries', () => {
    const program = compile(
      { total: tf.scalar(10), count: tf.scalar(0, 'int32') },
      {
        add: entry({ amount: scalar }, ({ amount }, state) => ({
          outputs: {},
          state: {
            total: tf.add(at(state, 'total'), amount),
            count: tf.add(at(state, 'count'), tf.scalar(1, 'int32')),
          },
        })),
        double: entry({}, (_, state) => ({
          outputs: { before: at(state, 'total') },
          state: { total: tf.mul(at(state, 'total'), 2) },
        })),
        mean: entry({}, (_, state) => ({
          outputs: { mean: tf.div(at(state, 'total'), tf.cast(at(state, 'count'), 'float32')) },
        })),
      },
      { mode },
    );
    program.run('add', { amount: tf.scalar(2) });
    expect(numbers(program.run('double', {}).before)).toEqual([12]);
    program.run('add', { amount: tf.scalar(-4) });
    expect(numbers(program.run('mean', {}).mean)).toEqual([10]);
    expect(read(program.getState())).toEqual({
      total: { dtype: 'float32', shape: [], values: [20] },
      count: { dtype: 'int32', shape: [], values: [2] },
    });
    program.dispose();
  });

  test('is updated from its old values, all at once', () => {
    const program = compile(
      { a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) },
      {
        swap: entry({}, (_, state) => ({
          outputs: { a: at(state, 'a'), sum: tf.add(at(state, 'a'), tf.mul(at(state, 'b'), 10)) },
          state: { a: at(state, 'b'), b: at(state, 'a') },
        })),
      },
      { mode },
    );
    const first = program.run('swap', {});
    const second = program.run('swap', {});
    expect(numbers(second.a)).toEqual([3, 4]);
    expect(numbers(second.sum)).toEqual([13, 24]);
    expect(numbers(first.a)).toEqual([1, 2]);
    expect(numbers(first.sum)).toEqual([31, 42]);
    expect(numbers(program.getState()['a'])).toEqual([1, 2]);
    program.dispose();
  });

  test('may be set to an input, and survives the disposal of that input', () => {
    const program = compile(
      { kept: tf.zeros([3]) },
      {
        keep: entry({ x: { shape: [3], dtype: 'float32' } }, ({ x }) => ({
          outputs: { x },
          state: { kept: x },
        })),
      },
      { mode },
    );
    const x = tf.tensor1d([5, 6, 7]);
    const output = program.run('keep', { x }).x;
    x.dispose();
    expect(numbers(output)).toEqual([5, 6, 7]);
    expect(numbers(program.getState()['kept'])).toEqual([5, 6, 7]);
    program.dispose();
  });

  test('is read and set without changing a byte', () => {
    // Four NaNs, zeros, the smallest and largest denormal and normal numbers, infinities.
    const words = [
      0x7fc00000, 0xffc00000, 0x7fc12345, 0xffffffff, 0x00000000, 0x80000000, 0x00000001,
      0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x3eaaaaab,
    ];
    const program = compile(
      {
        float: tf.zeros([words.length]),
        int: tf.zeros([3], 'int32'),
        flag: tf.zeros([2], 'bool'),
        none: tf.zeros([0, 2]),
      },
      { nothing: entry({}, () => ({ outputs: {} })) },
      { mode },
    );
    const float = tf.tensor1d(new Float32Array(Uint32Array.from(words).buffer));
    const int = tf.tensor1d([2 ** 31 - 1, -(2 ** 31), -1], 'int32');
    program.setState({ float, int, flag: tf.tensor1d([true, false], 'bool') });
    const state = program.getState();
    program.setState({ float: tf.ones([words.length]), int: tf.ones([3], 'int32') });
    program.setState(state);
    const again = program.getState();
    expect(bits(again['float'])).toEqual(words);
    expect(numbers(again['int'])).toEqual([2 ** 31 - 1, -(2 ** 31), -1]);
    expect(numbers(again['flag'])).toEqual([1, 0]);
    expect(again['none']?.shape).toEqual([0, 2]);
    expect(bits(state['float'])).toEqual(words);
    expect(bits(float)).toEqual(words);
    program.dispose();
  });

  test("belongs to the caller when read, and leaves the caller's tensors alone when set", () => {
    const initial = tf.scalar(1);
    const program = compile(
      { total: initial },
      {
        add: entry({}, (_, state) => ({
          outputs: {},
          state: { total: tf.add(at(state, 'total'), 1) },
        })),
      },
      { mode },
    );
    const before = program.getState()['total'];
    program.run('add', {});
    expect(numbers(before)).toEqual([1]);
    expect(numbers(initial)).toEqual([1]);

    const set = tf.scalar(41);
    program.setState({ total: set });
    program.run('add', {});
    expect(numbers(set)).toEqual([41]);
    expect(numbers(program.getState()['total'])).toEqual([42]);
    program.dispose();
  });

  test('may be set in part, or not at all', () => {
    const program = compile(
      { a: tf.scalar(1), b: tf.scalar(2) },
      { nothing: entry({}, () => ({ outputs: {} })) },
      { mode },
    );
    program.setState({ b: tf.scalar(3) });
    program.setState({});
    const state = program.getState();
    expect([numbers(state['a']), numbers(state['b'])]).toEqual([[1], [3]]);
    program.dispose();
  });

  test('outlives the tidy() in which the program was compiled and run', () => {
    const program = inScope(() =>
      compile(
        { total: tf.scalar(1) },
        {
          add: entry({}, (_, state) => ({
            outputs: { total: at(state, 'total') },
            state: { total: tf.add(at(state, 'total'), 1) },
          })),
        },
        { mode },
      ),
    );
    const output = tf.tidy(() => program.run('add', {}).total);
    expect(numbers(output)).toEqual([1]);
    expect(numbers(program.getState()['total'])).toEqual([2]);
    program.dispose();
  });

  test('is not shared with another program that uses the same names', () => {
    const counter = (start: number) =>
      compile(
        { total: tf.scalar(start) },
        {
          add: entry({ amount: scalar }, ({ amount }, state) => {
            const total = tf.add(at(state, 'total'), amount);
            return { outputs: { total }, state: { total } };
          }),
        },
        { mode },
      );
    const [first, second] = [counter(0), counter(100)];
    expect(numbers(first.run('add', { amount: tf.scalar(1) }).total)).toEqual([1]);
    expect(numbers(second.run('add', { amount: tf.scalar(1) }).total)).toEqual([101]);
    expect(numbers(first.run('add', { amount: tf.scalar(1) }).total)).toEqual([2]);
    second.dispose();
    expect(numbers(first.getState()['total'])).toEqual([2]);
    first.dispose();
  });

  test('distinguishes names that TensorFlow would not', () => {
    const names = ['a b', 'a_b', 'a/b', 'a_b_1', 'a:b', 'Größe', 'Gr__e', '0', '_', ''];
    const state = Object.fromEntries(names.map((name, index) => [name, tf.scalar(index)]));
    const specs = Object.fromEntries(names.map((name) => [name, scalar]));
    const program = compile(
      state,
      Object.fromEntries(
        ['run it', 'run_it', 'run_it_1', 'state', ''].map((name) => [
          name,
          entry(specs, (inputs, state) => ({
            outputs: Object.fromEntries(
              names.map((name) => [name, tf.add(at(inputs, name), at(state, name))]),
            ),
          })),
        ]),
      ),
      { mode },
    );
    const inputs = Object.fromEntries(names.map((name, i) => [name, tf.scalar(100 * i)]));
    for (const name of ['run it', 'run_it', 'run_it_1', 'state', '']) {
      const outputs = program.run(name, inputs);
      expect(names.map((name) => numbers(outputs[name])[0])).toEqual(
        names.map((_, index) => 101 * index),
      );
    }
    program.dispose();
  });
});

function bits(tensor: tf.Tensor | undefined): number[] {
  const values = tensor?.dataSync() as Float32Array;
  return Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length));
}
