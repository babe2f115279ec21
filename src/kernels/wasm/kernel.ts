import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What a kernel is given, as tfjs-core passes it. Its inputs are tensors: ops, unlike the kernels of
 * backends, are given nothing else.
 */
export interface Call {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs?: tf.NamedAttrMap;
  readonly backend: BackendWasm;
}

/**
 * Registers a kernel of the WebAssembly backend in place of its own, if it has one.
 *
 * @param run may use tfjs' ops, whose gradients are not recorded in here, and falls back on the
 *   backend's own kernel by `original`
 */
export function replaceKernel(
  kernelName: string,
  run: (call: Call, original: (call: Call) => tf.TensorInfo) => tf.TensorInfo,
): void {
  const before = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (before) tf.unregisterKernel(kernelName, 'wasm');
  const original = (call: Call) => {
    if (!before) throw new Error(`The WebAssembly backend has no ${kernelName}.`);
    return before.kernelFunc(call) as tf.TensorInfo;
  };
  tf.registerKernel({
    ...before,
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => run(call as unknown as Call, original),
  });
}

/**
 * A float32 tensor's numbers where they lie. The view is good until the next tensor is made, which
 * may move the memory.
 */
export function floatsOf({ backend }: Call, info: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}
