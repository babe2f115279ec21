import * as tf from '@tensorflow/tfjs-core';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { branch } from '../../src/compile/branch.js';
import { entry, type ProgramMode } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { inScope } from '../../src/compile/scope.js';
import { startNative } from '../helpers/test-backend.js';
import { modes, modesWithXla } from './modes.js';

beforeAll(startNative);

/** A small training step: gradients, a branch, constants, state, an output that is an input. */
function makeProgram(mode: ProgramMode) {
  return inScope(() =>
    compile(
      { w: tf.ones([3, 2]), steps: tf.scalar(0, 'int32') },
      {
        step: entry({ x: { shape: [4, 3], dtype: 'float32' } }, ({ x }, state) => {
          const { w, steps } = state as { w: tf.Tensor; steps: tf.Tensor };
          const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.matMul(x, w)));
          const { value, grad } = tf.valueAndGrad(loss)(w);
          const [next] = branch(tf.greater(value, 0), () => [tf.sub(w, tf.mul(grad, 0.1))], [w]);
          return {
            outputs: { loss: value, x },
            state: { w: next, steps: tf.add(steps, tf.scalar(1, 'int32')) },
          };
        }),
      },
      { mode },
    ),
  );
}

describe.each(modesWithXla)('a program, %s', (mode) => {
  test('keeps the number of tensors constant over many runs', () => {
    const program = makeProgram(mode);
    const x = tf.ones([4, 3]);
    const before = tf.memory();
    for (let step = 0; step < 200; step++) {
      tf.dispose(program.run('step', { x }));
      const state = program.getState();
      program.setState(state);
      tf.dispose(state);
      expect(tf.memory().numTensors).toBe(before.numTensors);
    }
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    program.dispose();
    x.dispose();
  });

  test('leaves no tensors behind when it is disposed of', () => {
    const before = tf.memory().numTensors;
    const program = makeProgram(mode);
    const x = tf.ones([4, 3]);
    tf.dispose(program.run('step', { x }));
    program.dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is refused after its disposal', () => {
    const program = makeProgram(mode);
    program.dispose();
    expect(() => inScope(() => program.run('step', { x: tf.ones([4, 3]) }))).toThrow(
      'compile: the program was disposed of',
    );
    expect(() => program.getState()).toThrow('compile: the program was disposed of');
    expect(() => {
      inScope(() => {
        program.setState({ steps: tf.scalar(1, 'int32') });
      });
    }).toThrow('compile: the program was disposed of');
    expect(() => {
      program.dispose();
    }).not.toThrow();
  });
});

// Computations compiled by XLA do not throw.
describe.each(modes)('a program, %s', (mode) => {
  test('keeps the number of tensors constant if an entry throws', () => {
    const program = inScope(() =>
      compile(
        { w: tf.ones([2]) },
        {
          fail: entry({ at: { shape: [], dtype: 'int32' } }, ({ at }, { w }) => ({
            outputs: { y: tf.add(w as tf.Tensor, 1), z: tf.floorDiv(tf.scalar(1, 'int32'), at) },
          })),
        },
        { mode },
      ),
    );
    const zero = tf.scalar(0, 'int32');
    const before = tf.memory().numTensors;
    for (let run = 0; run < 5; run++) {
      expect(() => program.run('fail', { at: zero })).toThrow();
      expect(tf.memory().numTensors).toBe(before);
    }
    zero.dispose();
    program.dispose();
  });
});

test('compiling a graph leaves no files behind', () => {
  const graphFolders = () =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('bbits-graph-'));
  const before = graphFolders();
  const program = makeProgram('graph');
  expect(graphFolders().filter((name) => !before.includes(name))).toEqual([]);
  program.dispose();
});
