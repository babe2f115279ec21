import * as tf from '@tensorflow/tfjs-core';
import { dataTypes } from '../compile/graph.js';
import {
  findNativeBackend,
  type NativeBinding,
  type OpAttribute,
} from '../compile/native-backend.js';

/** Run a float32 TensorFlow op and return its first output; undefined on other backends. */
export function nativeOp(
  op: string,
  inputs: tf.Tensor[],
  outputs: number,
  attributes: (kind: AttributeKinds) => OpAttribute[],
): tf.Tensor | undefined {
  const [first, ...others] = nativeOps(op, inputs, outputs, attributes) ?? [];
  tf.dispose(others);
  return first;
}

/** Run a float32 TensorFlow op and return all of its outputs; undefined on other backends. */
export function nativeOps(
  op: string,
  inputs: tf.Tensor[],
  outputs: number,
  attributes: (kind: AttributeKinds) => OpAttribute[],
): tf.Tensor[] | undefined {
  const backend = findNativeBackend();
  if (!backend) return undefined;
  const kinds = attributeKinds(backend.binding);
  return backend.executeMultipleOutputs(op, attributes(kinds), inputs, outputs);
}

export type AttributeKinds = ReturnType<typeof attributeKinds>;

function attributeKinds(binding: NativeBinding) {
  return {
    type: (name: string) => ({ name, type: binding.TF_ATTR_TYPE, value: dataTypes.float32 }),
    int: (name: string, value: number) => ({ name, type: binding.TF_ATTR_INT, value }),
    float: (name: string, value: number) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    bool: (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    string: (name: string, value: string) => ({ name, type: binding.TF_ATTR_STRING, value }),
  };
}
