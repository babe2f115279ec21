import * as tf from '@tensorflow/tfjs-core';
import { dataTypes } from '../compile/graph.js';
import { findNativeBackend, type NativeBackend } from '../compile/native-backend.js';

/**
 * Operations of native TensorFlow that move data without computing. tfjs' own gather cannot be traced,
 * because it reads its indices to check them.
 */

/**
 * `x[indices]`, or with batch dimensions `x[b][indices[b]]`. Only TensorFlow's CPU kernel checks indices.
 *
 * @param indices int32
 * @throws Error without native TensorFlow
 */
export function gather(x: tf.Tensor, indices: tf.Tensor, batchAxes = 0): tf.Tensor {
  const backend = native();
  const { binding } = backend;
  return backend.executeSingleOutput(
    'GatherV2',
    [
      type(backend, 'Tparams', x),
      type(backend, 'Tindices', indices),
      { name: 'Taxis', type: binding.TF_ATTR_TYPE, value: dataTypes.int32 },
      { name: 'batch_dims', type: binding.TF_ATTR_INT, value: batchAxes },
    ],
    [x, indices, tf.scalar(batchAxes, 'int32')],
  );
}

/** Reinterpret the bits of float32 numbers as int32. @throws Error without native TensorFlow */
export function bitsOf(x: tf.Tensor): tf.Tensor {
  const backend = native();
  const to = { name: 'type', type: backend.binding.TF_ATTR_TYPE, value: dataTypes.int32 };
  return backend.executeSingleOutput('Bitcast', [type(backend, 'T', x), to], [x]);
}

function type({ binding }: NativeBackend, name: string, { dtype }: tf.Tensor) {
  return { name, type: binding.TF_ATTR_TYPE, value: dataTypes[dtype as 'float32' | 'int32'] };
}

function native(): NativeBackend {
  const backend = findNativeBackend();
  if (!backend) throw new Error('kernels: gather and bitsOf need native TensorFlow');
  return backend;
}
