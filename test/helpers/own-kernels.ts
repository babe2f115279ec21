import { findNativeBackend } from '../../src/compile/native-backend.js';

/** What `run` gives where bbits' own kernels are not used: by the plain functions, their reference. */
export function withoutOwnKernels<T>(run: () => T): T {
  const backend = findNativeBackend();
  if (!backend) return run();
  const { ownKernels } = backend;
  Object.assign(backend, { ownKernels: null });
  try {
    return run();
  } finally {
    Object.assign(backend, { ownKernels });
  }
}
