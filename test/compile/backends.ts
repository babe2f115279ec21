import * as tf from '@tensorflow/tfjs-core';
import { startTestBackend } from '../helpers/native.js';

export const backends = ['tensorflow', 'cpu'] as const;
export type BackendName = (typeof backends)[number];

/** Makes a backend the current one: native TensorFlow, or the one of plain JavaScript. */
export async function useBackend(name: BackendName): Promise<void> {
  // Registers both.
  await startTestBackend();
  // Else the one of plain JavaScript advises to install the native one.
  tf.env().set('PROD', true);
  await tf.setBackend(name);
}
