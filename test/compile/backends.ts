import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { startTestBackend, testBackend } from '../helpers/test-backend.js';

/** Backends for these tests: native TensorFlow and plain JavaScript, or WebAssembly. */
export const backends =
  testBackend === 'wasm' ? (['wasm'] as const) : (['tensorflow', 'cpu'] as const);
export type BackendName = 'tensorflow' | 'cpu' | 'wasm';

/** Makes a backend the current one. */
export async function useBackend(name: BackendName): Promise<void> {
  // Registers the first.
  await startTestBackend();
  // Else the one of plain JavaScript advises to install the native one.
  tf.env().set('PROD', true);
  await tf.setBackend(name);
}
