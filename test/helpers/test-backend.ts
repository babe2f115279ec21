import type { ProgramMode } from '../../src/compile/entry.js';
import { startBackend, type BackendName } from '../../src/backend/start.js';

/**
 * A test file that calls `startTestBackend` runs once on every backend, one that calls `startNative` only on
 * native TensorFlow: vitest.config.ts makes a project of each.
 */
export const testBackend = process.env['BBITS_TEST_BACKEND'] as BackendName | undefined;

/** Threads of native TensorFlow in a test that asks for two; the environment takes precedence. */
export const testThreads = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? 2);

/** Start the project's backend, once for a test file. */
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

/** Start native TensorFlow, for tests of graphs, which only it has. */
export async function startNative(): Promise<void> {
  await startBackend('native-cpu', { threads: 2 });
}

/** Start the best available backend, for tests of the whole program, which uses it. */
export async function startWhatThereIs(): Promise<void> {
  await startBackend('auto', { threads: 2 });
}

/** The modes in which programs run on the project's backend. */
export const modes = testBackend === 'wasm' ? (['eager'] as const) : (['graph', 'eager'] as const);
/** The same modes and XLA, which takes seconds to compile a step and is slow on a CPU. */
export const modesWithXla = testBackend === 'wasm' ? modes : ([...modes, 'xla'] as const);
export type Mode = ProgramMode;
