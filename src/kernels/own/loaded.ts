import { findNativeBackend } from '../../compile/native-backend.js';

/** Whether the current backend has bbits' own kernels. */
export function hasOwnKernels(): boolean {
  return typeof findNativeBackend()?.ownKernels === 'string';
}
