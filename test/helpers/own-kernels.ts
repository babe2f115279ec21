import { findNativeBackend } from '../../src/compile/native-backend.js';

/** Whether bbits' own kernels are loaded; a build that is older than they are has none. */
export function hasOwnKernels(): boolean {
  return typeof findNativeBackend()?.ownKernels === 'string';
}

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
