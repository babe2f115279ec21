import { findNativeBackend } from '../../compile/native-backend.js';
import { isTracedForXla } from '../../compile/tracer.js';

/** Whether bbits' own kernels can run here: the backend has them, and nothing is being traced for XLA. */
export function hasOwnKernels(): boolean {
  return !isTracedForXla() && typeof findNativeBackend()?.ownKernels === 'string';
}
