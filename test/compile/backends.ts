import * as tf from '@tensorflow/tfjs-core';
import { startTestBackend, testBackend } from '../helpers/test-backend.js';

/** Those that can be current in the project: native TensorFlow brings the one of plain JavaScript. */
export const backends =
  testBackend === 'wasm' ? (['wasm'] as const) : (['tensorflow', 'cpu'] as const);
export type BackendName = 'tensorflow' | 'cpu' | 'wasm';

/** Makes a backend the current one. */
export async function useBackend(name: BackendName): Promise<void> {
  // Registers them.
  await startTestBackend();
  // Else the one of plain JavaScript advises to install the native one.
  tf.env().set('PROD', true);
  await tf.setBackend(name);
}
