import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { startTestBackend, testBackend } from '../helpers/test-backend.js';

/** The backends under test: native TensorFlow, plain JavaScript and WebAssembly. */
export const backends =
  testBackend === 'wasm' ? (['wasm'] as const) : (['tensorflow', 'cpu'] as const);
export type BackendName = 'tensorflow' | 'cpu' | 'wasm';

/** Make a backend the current one. */
export async function useBackend(name: BackendName): Promise<void> {
  // Registers native TensorFlow or WebAssembly.
  await startTestBackend();
  // Otherwise the plain JavaScript backend advises installing the native one.
  tf.env().set('PROD', true);
  await tf.setBackend(name);
}
