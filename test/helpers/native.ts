import { startBackend } from '../../src/backend/start.js';

/** Starts native TensorFlow on the CPU, once for a test file. */
export async function startTestBackend(): Promise<void> {
  await startBackend('native-cpu', { threads: 2 });
}
