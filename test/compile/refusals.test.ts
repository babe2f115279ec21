import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { branch } from '../../src/compile/branch.js';
import { entry } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { inScope } from '../../src/compile/scope.js';
import { startNative } from '../helpers/test-backend.js';
import { modesWithXla, numbers, pick, runOnce } from './modes.js';

beforeAll(startNative);

let tensorsBefore: number;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});

/** After any refusal the backend works as before and nothing is left behind. */
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  const x = tf.tensor1d([1, 2]);
  expect(numbers(tf.add(x, 1))).toEqual([2, 3]);
  expect(numbers(runOnce('graph', ({ x }) => ({ y: tf.neg(x as tf.Tensor) }), { x })['y'])).toEqual(
    [-1, -2],
  );
  x.dispose();
});

const pair = { shape: [2], dtype: 'float32' } as const;

describe.each(['graph', 'xla'] as const)('a traced function is refused, %s', (mode) => {
  function trace(run: (x: tf.Tensor) => tf.Tensor): () => unknown {
    const step = entry({ x: pair }, ({ x }) => ({ outputs: { y: run(x) } }));
    return () => compile({}, { step }, { mode });
  }

  test('if it reads a tensor from outside', () => {
    const outside = tf.ones([2, 3]);
    const variable = tf.tidy(() => tf.variable(tf.ones([2])));
    expect(trace((x) => tf.matMul(tf.reshape(x, [1, 2]), outside))).toThrow(
      'compile: entry "step" reads a float32[2,3] tensor from outside that is neither an input nor state',
    );
    expect(trace((x) => tf.add(x, variable))).toThrow('float32[2] tensor from outside');
    expect(trace(() => outside)).toThrow('float32[2,3] tensor from outside');
    tf.dispose([outside, variable]);
  });

  test('if it reads a tensor computed outside', () => {
    const outside = tf.tidy(() => tf.add(tf.scalar(1), 1));
    expect(trace((x) => tf.add(x, outside))).toThrow('float32[] tensor from outside');
    outside.dispose();
  });

  test('if it reads a tensor computed by another entry', () => {
    let leaked: tf.Tensor | undefined;
    expect(() =>
      compile(
        {},
        {
          first: entry({ x: pair }, ({ x }) => {
            leaked = tf.keep(tf.add(x, 1));
            return { outputs: { leaked } };
          }),
          second: entry({ x: pair }, ({ x }) => ({
            outputs: { y: tf.add(x, leaked as tf.Tensor) },
          })),
        },
        { mode },
      ),
    ).toThrow('compile: entry "second" reads a float32[2] tensor from outside');
    leaked?.dispose();
  });

  test.each<[string, (x: tf.Tensor) => unknown]>([
    ['dataSync', (x) => x.dataSync()],
    ['arraySync', (x) => x.arraySync()],
    ['bufferSync', (x) => x.bufferSync()],
    [
      'print',
      (x) => {
        x.print();
      },
    ],
    ['gather, which checks its indices', (x) => tf.gather(x, tf.cast(x, 'int32'))],
  ])('if it reads values: %s', (_, readValues) => {
    expect(
      trace((x) => {
        readValues(tf.add(x, 1));
        return x;
      }),
    ).toThrow('compile: entry "step" reads the values of a tensor');
  });

  test.each<[string, (x: tf.Tensor) => Promise<unknown>]>([
    ['data', (x) => x.data()],
    ['array', (x) => x.array()],
  ])('if it reads values later: %s', async (_, readValues) => {
    let reading: Promise<unknown> | undefined;
    runOnce(mode, () => {
      reading = readValues(tf.add(tf.scalar(1), tf.scalar(1)));
      return {};
    });
    await expect(reading).rejects.toThrow('reads the values of a tensor');
  });

  test('if it makes strings', () => {
    expect(
      trace((x) => {
        tf.tensor1d(['a']);
        return x;
      }),
    ).toThrow('compile: a string constant in a traced function; expected numbers or bool');
  });

  test('if it compiles a program', () => {
    expect(
      trace((x) => runOnce(mode, ({ y }) => ({ y: y as tf.Tensor }), { y: x })['y'] as tf.Tensor),
    ).toThrow('compile: a program cannot be compiled inside another');
  });

  test('with the error that it throws itself', () => {
    expect(
      trace(() => {
        throw new RangeError('its own');
      }),
    ).toThrow(new RangeError('its own'));
  });
});

describe.each(['graph', 'xla'] as const)('a branch is refused, %s', (mode) => {
  const bool = { shape: [], dtype: 'bool' } as const;
  const traceBranch = (run: (on: tf.Tensor, x: tf.Tensor) => tf.Tensor) => () =>
    compile(
      {},
      { step: entry({ on: bool, x: pair }, ({ on, x }) => ({ outputs: { y: run(on, x) } })) },
      { mode },
    );

  test('with sides of different shapes, types or lengths', () => {
    expect(traceBranch((on, x) => branch(on, () => [x], [tf.scalar(0)])[0])).toThrow(
      'compile: output 0 of a branch is float32[2] if taken, float32[] if not',
    );
    expect(traceBranch((on, x) => branch(on, () => [x, tf.greater(x, 0)], [x, x])[0])).toThrow(
      'compile: output 1 of a branch is bool[2] if taken, float32[2] if not',
    );
    expect(
      traceBranch((on, x) => branch<tf.Tensor[]>(on, () => [x, x], [x])[0] as tf.Tensor),
    ).toThrow('compile: output 1 of a branch is float32[2] if taken, missing if not');
  });

  test('if a tensor created inside is read outside', () => {
    const leak = (on: tf.Tensor, x: tf.Tensor) => {
      let made = x;
      branch(on, () => [(made = tf.neg(x))], [x]);
      return made;
    };
    const message = 'compile: a tensor made inside a branch is read outside; return it from there';
    expect(traceBranch(leak)).toThrow(message);
    expect(traceBranch((on, x) => tf.add(leak(on, x), 1))).toThrow(message);
    expect(
      traceBranch((on, x) => {
        const made = leak(on, x);
        return branch(on, () => [tf.add(made, 1)], [x])[0];
      }),
    ).toThrow(message);
  });
});

describe('an error of TensorFlow within a session', () => {
  test('names the entry and the op', () => {
    const program = compile(
      {},
      {
        look: entry({ index: { shape: [], dtype: 'int32' } }, ({ index }) => ({
          outputs: { found: pick(index) },
        })),
      },
    );
    const index = tf.scalar(3, 'int32');
    expect(() => program.run('look', { index })).toThrow(
      /^compile: entry "look" failed in the op look\/GatherV2 \(.*= 3 is not in \[0, 3\)/s,
    );
    tf.dispose(index);
    const good = tf.scalar(2, 'int32');
    expect(numbers(program.run('look', { index: good }).found)).toEqual([3]);
    tf.dispose(good);
    program.dispose();
  });

  test.each(['graph', 'eager'] as const)('leaves the whole state unchanged, %s', (mode) => {
    const program = inScope(() =>
      compile(
        { count: tf.scalar(1), total: tf.scalar(1) },
        {
          add: entry({ index: { shape: [], dtype: 'int32' } }, ({ index }, { count, total }) => ({
            outputs: {},
            state: {
              count: tf.add(count as tf.Tensor, 1),
              total: tf.add(total as tf.Tensor, pick(index)),
            },
          })),
        },
        { mode },
      ),
    );
    const index = tf.scalar(3, 'int32');
    expect(() => program.run('add', { index })).toThrow('= 3 is not in [0, 3)');
    const { count, total } = program.getState();
    expect([numbers(count), numbers(total)]).toEqual([[1], [1]]);
    index.dispose();
    program.dispose();
  });
});

describe.each(modesWithXla)('a branch is refused, %s', (mode) => {
  test('if a gradient would pass through it', () => {
    const inputs = { on: tf.scalar(true, 'bool'), x: tf.tensor1d([1, 2]) };
    expect(() =>
      runOnce(
        mode,
        ({ on, x }) => {
          const squareIf = (x: tf.Tensor) => branch(on as tf.Tensor, () => [tf.square(x)], [x])[0];
          return { y: tf.grad(squareIf)(x as tf.Tensor) };
        },
        inputs,
      ),
    ).toThrow('compile: branch() has no gradient; call it inside a tf.customGrad');
    tf.dispose(inputs);
  });

  test('if its condition is not a bool scalar', () => {
    const inputs = { x: tf.tensor1d([1, 2]), flags: tf.tensor1d([true, false], 'bool') };
    const branchOn = (name: string) => () =>
      runOnce(
        mode,
        (inputs) => ({
          y: branch(inputs[name] as tf.Tensor, () => [tf.scalar(1)], [tf.scalar(2)])[0],
        }),
        inputs,
      );
    expect(branchOn('x')).toThrow(
      'compile: the condition of a branch is float32[2]; expected a bool scalar',
    );
    expect(branchOn('flags')).toThrow(
      'the condition of a branch is bool[2]; expected a bool scalar',
    );
    tf.dispose(inputs);
  });
});
