import * as tf from '@tensorflow/tfjs-core';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { branch } from '../../src/compile/branch.js';
import { entry, type Entries } from '../../src/compile/entry.js';
import { findNativeBackend } from '../../src/compile/native-backend.js';
import { compile } from '../../src/compile/program.js';
import { repeated } from '../../src/compile/repeated.js';
import { RefusedByXla } from '../../src/compile/xla/refused.js';
import { nativeOp } from '../../src/kernels/native-op.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { startNative } from '../helpers/test-backend.js';
import { numbers } from './modes.js';

let dumps: string;

beforeAll(async () => {
  dumps = await temporaryFolder();
  // XLA reads this variable once, before its first compilation.
  process.env['XLA_FLAGS'] = `--xla_dump_to=${dumps} --xla_dump_hlo_as_text`;
  await startNative();
});

const pair = { shape: [2], dtype: 'float32' } as const;
const bool = { shape: [], dtype: 'bool' } as const;

const entries = {
  'add up': entry({ x: pair, on: bool }, ({ x, on }, { total }) => {
    const [sum] = branch(on, () => [tf.add(total as tf.Tensor, x)], [total as tf.Tensor]);
    return { outputs: { sum }, state: { total: sum } };
  }),
  half: entry({}, (_, { total }) => ({ outputs: { half: tf.div(total as tf.Tensor, 2) } })),
};

/** XLA dumps each computation, as given and as optimized, under the function's name. */
const compiledByXla = async () =>
  (await readdir(dumps)).filter((name) => name.endsWith('after_optimizations.txt')).sort();

test('XLA compiles every entry as one computation, before the first run', async () => {
  const graph = compile({ total: tf.zeros([2]) }, entries, { mode: 'graph' });
  expect(await compiledByXla()).toEqual([]);
  graph.dispose();
  const program = compile({ total: tf.tensor1d([1, 2]) }, entries, { mode: 'xla' });
  expect(program.mode).toBe('xla');
  const written = await compiledByXla();
  expect(written).toHaveLength(2);
  expect(written[0]).toContain('entry_0_add_up');
  expect(written[1]).toContain('entry_1_half');

  // Compiling runs the entry, but leaves no tensors behind.
  expect(numbers(program.getState()['total'])).toEqual([1, 2]);
  const x = tf.tensor1d([10, 20]);
  const [on, off] = [tf.scalar(true, 'bool'), tf.scalar(false, 'bool')];
  expect(numbers(program.run('add up', { x, on }).sum)).toEqual([11, 22]);
  expect(numbers(program.run('add up', { x, on: off }).sum)).toEqual([11, 22]);
  expect(numbers(program.run('half', {}).half)).toEqual([5.5, 11]);
  // Later runs compile nothing.
  expect(await compiledByXla()).toEqual(written);
  tf.dispose([x, on, off]);
  program.dispose();
});

test('a repeated entry is one computation with a loop, for any number of runs', async () => {
  const before = await compiledByXla();
  const add = repeated(
    entry({ x: pair }, ({ x }, { total }) => {
      const sum = tf.add(total as tf.Tensor, x);
      return { outputs: { sum, isOver: tf.less(tf.sum(sum), 0) }, state: { total: sum } };
    }),
    8,
    'isOver',
  );
  const initial = tf.zeros([2]);
  const program = compile({ total: initial }, { 'add often': add }, { mode: 'xla' });
  const x = tf.ones([8, 2]);
  for (const runs of [1, 8, 3]) {
    const count = tf.scalar(runs, 'int32');
    tf.dispose([count, program.run('add often', { x, count })]);
  }
  expect(numbers(program.getState()['total'])).toEqual([12, 12]);
  const written = (await compiledByXla()).filter((name) => !before.includes(name));
  expect(written).toHaveLength(1);
  const text = await readFile(join(dumps, written[0] ?? ''), 'utf8');
  expect(text.match(/ while\(/g)).toHaveLength(1);
  tf.dispose([initial, x]);
  program.dispose();
});

/** An op that neither XLA nor bbits knows. */
const unique = entry({ x: pair }, ({ x }, { total }) => {
  const { indices } = tf.unique(x as tf.Tensor1D);
  return { outputs: { indices }, state: { total: tf.add(total as tf.Tensor, 1) } };
});

const quantized = entry({ x: pair }, ({ x }) => {
  const inputs = [x, x, tf.scalar(0), tf.scalar(1)];
  const y = nativeOp('QuantizeAndDequantizeV4Grad', inputs, 3, (kind) => [
    kind.type('T'),
    kind.int('axis', -1),
  ]);
  return { outputs: { y: y as tf.Tensor } };
});

test('an op that XLA cannot compile is refused by name', () => {
  const before = tf.memory().numTensors;
  const initial = tf.scalar(0);
  const refused = (entries: Entries) => () =>
    compile({ total: initial }, { ...entries }, { mode: 'xla' });
  expect(refused({ unique })).toThrow(
    new RefusedByXla('the op UniqueV2, whose outputs have no names in op-outputs.ts'),
  );
  expect(refused({ quantized })).toThrow(RefusedByXla);
  expect(refused({ quantized })).toThrow(
    /^entry "quantized": .*unsupported operations.*QuantizeAndDequantizeV4Grad.*$/,
  );
  initial.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('if XLA is only preferred, a graph replaces what it cannot compile', () => {
  const backend = findNativeBackend();
  Object.assign(backend ?? {}, { prefersXla: true });
  try {
    const program = compile({ total: tf.scalar(7) }, { unique });
    expect(program.mode).toBe('graph');
    expect(program.refusedByXla).toContain('UniqueV2');
    const x = tf.tensor1d([3, 3]);
    expect(numbers(program.run('unique', { x }).indices)).toEqual([0, 0]);
    expect(numbers(program.getState()['total'])).toEqual([8]);
    const could = compile({ total: tf.zeros([2]) }, entries);
    expect(could).toMatchObject({ mode: 'xla' });
    expect(could.refusedByXla).toBeUndefined();
    could.dispose();
    program.dispose();
    x.dispose();
  } finally {
    Object.assign(backend ?? {}, { prefersXla: false });
  }
});
