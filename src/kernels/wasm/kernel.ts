import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A kernel's arguments as tfjs-core passes them. Ops, unlike kernels of backends, always pass tensors.
 */
export interface Call {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs?: tf.NamedAttrMap;
  readonly backend: BackendWasm;
}

/**
 * Register a kernel of the WebAssembly backend, replacing the backend's own, if any.
 *
 * @param run may call tfjs ops, whose gradients are not recorded here, and `original`, the backend's own
 *   kernel
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
 * A view of a float32 tensor's numbers. It is valid until the next tensor is made, which may move the
 * memory.
 */
export function floatsOf({ backend }: Call, info: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}
