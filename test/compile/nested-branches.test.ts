import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { branch } from '../../src/compile/branch.js';
import { entry } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import { asOnGpu } from '../helpers/as-on-gpu.js';
import { startNative } from '../helpers/test-backend.js';
import { numbers } from './modes.js';

beforeAll(startNative);

const flagCount = 3;

/** Consecutive branches inside a branch on one of the flags. */
interface Nest {
  readonly flag: number;
  readonly inside: readonly Nest[];
}

const nestOfDepth = (depth: number): fc.Arbitrary<Nest> =>
  fc.record({
    flag: fc.nat(flagCount - 1),
    inside: depth === 0 ? fc.constant([]) : fc.array(nestOfDepth(depth - 1), { maxLength: 3 }),
  });

/** `if (flag) { x = 2 x; inner branches; x = x + 1 }`, as branches. */
function asBranches({ flag, inside }: Nest, x: tf.Tensor, flags: tf.Tensor[]): tf.Tensor {
  const doubled = tf.mul(x, 2);
  const taken = () => inside.reduce((y, inner) => asBranches(inner, y, flags), doubled);
  return branch(flags[flag] as tf.Tensor, () => [tf.add(taken(), 1)], [x])[0];
}

/** The same with if statements. */
function asIfs({ flag, inside }: Nest, x: number, flags: boolean[]): number {
  return flags[flag] ? inside.reduce((y, inner) => asIfs(inner, y, flags), 2 * x) + 1 : x;
}

const asItIs = <T>(run: () => T) => run();

// XLA takes a second for each.
const modes = [
  { what: 'eager', mode: 'eager', made: asItIs, numRuns: 25 },
  { what: 'graph', mode: 'graph', made: asItIs, numRuns: 25 },
  { what: 'a graph for a GPU', mode: 'graph', made: asOnGpu, numRuns: 25 },
  { what: 'xla', mode: 'xla', made: asItIs, numRuns: 6 },
] as const;

test.each(modes)(
  'nested branches give the same results as if statements, $what',
  ({ mode, made, numRuns }) => {
    fc.assert(
      fc.property(nestOfDepth(3), (nest) => {
        const run = entry({ flags: { shape: [flagCount], dtype: 'bool' } }, ({ flags }) => ({
          outputs: { y: asBranches(nest, tf.scalar(1), tf.unstack(flags)) },
        }));
        const program = made(() => compile({}, { run }, { mode }));
        for (let word = 0; word < 2 ** flagCount; word++) {
          const flags = Array.from({ length: flagCount }, (_, bit) => (word & (1 << bit)) !== 0);
          const { y } = program.run('run', { flags: tf.tensor1d(flags, 'bool') });
          expect(numbers(y)).toEqual([asIfs(nest, 1, flags)]);
        }
        program.dispose();
      }),
      { numRuns, seed: 1 },
    );
  },
);
