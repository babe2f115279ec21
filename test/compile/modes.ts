import * as tf from '@tensorflow/tfjs-core';
import { specsOf } from '../../src/compile/check.js';
import { dataTypes } from '../../src/compile/graph.js';
import { findNativeBackend } from '../../src/compile/native-backend.js';
import { entry, type NamedTensors } from '../../src/compile/entry.js';
import { compile } from '../../src/compile/program.js';
import type { Mode } from '../helpers/test-backend.js';

export { modes, modesWithXla, type Mode } from '../helpers/test-backend.js';

/** A tensor's contents, for comparison. */
export interface Contents {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Read tensors and dispose of them. */
export function read(tensors: NamedTensors): Record<string, Contents> {
  const contents = Object.entries(tensors).map(([name, tensor]): [string, Contents] => {
    const { dtype, shape } = tensor;
    const values = Array.from(tensor.dataSync());
    tensor.dispose();
    return [name, { dtype, shape, values }];
  });
  return Object.fromEntries(contents);
}

/** Read the numbers of one tensor and dispose of it. */
export function numbers(tensor: tf.Tensor | undefined): number[] {
  const values = Array.from(tensor?.dataSync() ?? []);
  tensor?.dispose();
  return values;
}

/** Compile a stateless function and run it once. The caller keeps its inputs. */
export function runOnce(
  mode: Mode,
  run: (inputs: NamedTensors) => NamedTensors,
  inputs: NamedTensors = {},
): NamedTensors {
  const program = compile(
    {},
    { run: entry(specsOf(inputs), (given) => ({ outputs: run(given) })) },
    { mode },
  );
  try {
    return program.run('run', inputs);
  } finally {
    program.dispose();
  }
}

/**
 * `[1, 2, 3][index]` by TensorFlow's own op, which fails when run with an index outside 0 to 2.
 * (`tf.gather` reads its indices to check them, so it cannot be traced.)
 *
 * @param index int32 scalar
 */
export function pick(index: tf.Tensor): tf.Tensor {
  const backend = findNativeBackend();
  if (!backend) throw new Error('pick() needs native TensorFlow');
  const type = (name: string, value: number) => ({
    name,
    type: backend.binding.TF_ATTR_TYPE,
    value,
  });
  return backend.executeSingleOutput(
    'GatherV2',
    [
      type('Tparams', dataTypes.float32),
      type('Tindices', dataTypes.int32),
      type('Taxis', dataTypes.int32),
      { name: 'batch_dims', type: backend.binding.TF_ATTR_INT, value: 0 },
    ],
    [tf.tensor1d([1, 2, 3]), index, tf.scalar(0, 'int32')],
  );
}
