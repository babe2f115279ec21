import type { ProgramMode } from '../../src/compile/entry.js';
import { startBackend, type BackendName } from '../../src/backend/start.js';

/**
 * A test file that calls `startTestBackend` runs once on every backend, one that calls `startNative` on
 * native TensorFlow only: vitest.config.ts makes a project of each.
 */
export const testBackend = process.env['BBITS_TEST_BACKEND'] as BackendName | undefined;

/** The threads that native TensorFlow has in a test that asks for two: the environment's come first. */
export const testThreads = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? 2);

/** Starts the backend of the project, once for a test file. */
export async function startTestBackend(): Promise<void> {
  if (testBackend === undefined)
    throw new Error('expected BBITS_TEST_BACKEND, as vitest.config.ts sets it');
  await startBackend(testBackend, testBackend === 'wasm' ? {} : { threads: 2 });
}

/** Whether the project's backend may multiply with TF32, as GPUs may. */
export async function usesTf32(): Promise<boolean> {
  const { tf32 } = await startBackend(testBackend ?? 'auto');
  return tf32 === true;
}

/** For what only native TensorFlow has: graphs. */
export async function startNative(): Promise<void> {
  await startBackend('native-cpu', { threads: 2 });
}

/** For tests of the whole program, which takes what there is. */
export async function startWhatThereIs(): Promise<void> {
  await startBackend('auto', { threads: 2 });
}

/** How programs run on the project's backend. */
export const modes = testBackend === 'wasm' ? (['eager'] as const) : (['graph', 'eager'] as const);
/** The same and XLA, which takes seconds to compile a step and is slow on a CPU. */
export const modesWithXla = testBackend === 'wasm' ? modes : ([...modes, 'xla'] as const);
export type Mode = ProgramMode;
