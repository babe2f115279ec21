import { findNativeBackend, type NativeBackend } from '../../src/compile/native-backend.js';

/** Call `run` while TensorFlow claims to use a GPU: programs are made as for a GPU, but run on the CPU. */
export function asOnGpu<T>(run: () => T): T {
  const backend = findNativeBackend() as NativeBackend;
  const { binding } = backend;
  // The binding's own functions cannot be replaced.
  const over = Object.create(binding, { isUsingGpuDevice: { value: () => true } }) as unknown;
  Object.assign(backend, { binding: over });
  try {
    return run();
  } finally {
    Object.assign(backend, { binding });
  }
}
