import { findNativeBackend } from '../../compile/native-backend.js';
import { isTracedForXla } from '../../compile/tracer.js';

/** Whether the current backend has bbits' own kernels for what is computed now; XLA does not know them. */
export function hasOwnKernels(): boolean {
  return !isTracedForXla() && typeof findNativeBackend()?.ownKernels === 'string';
}
