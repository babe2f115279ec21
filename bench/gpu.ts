import type { ProgramMode } from '../src/compile/entry.js';
import { findNativeBackend, type NativeBackend } from '../src/compile/native-backend.js';
import { hasNvidiaDevice } from '../src/backend/gpu.js';
import { startBackend } from '../src/backend/start.js';
import { countCrossings, type Crossings } from './crossings.js';
import { gpuRows, type GpuRow } from './gpu-rows.js';
import { hasPytorch, startPytorch } from './pytorch.js';
import { measured, noiseDataset } from './step.js';
import { median, stepMilliseconds } from './times.js';

/**
 * `npm run bench -- gpu [BATCH [NETWORK]]`: every row of the tables of GPU times, as JSON. With a GPU:
 * milliseconds per step as a graph, with XLA, for LeNet-5 also op by op, and in PyTorch if installed;
 * measurements that do not fit in three minutes are marked. On any machine: a step's overhead, as a graph and
 * with XLA.
 */
const hasGpu = hasNvidiaDevice();
// The counts do not depend on the batch size, and a CPU should need only minutes.
const [, batch = hasGpu ? '128' : '2', network = ''] = process.argv.slice(2);
if (!hasGpu) process.env['XLA_FLAGS'] ??= '--xla_backend_optimization_level=0';
const secondsInAll = 165;
const timing = { warmUpSteps: 5, fewestSteps: 10, measuredMs: 800 };

interface Measured {
  /** Per step, in calls of `stepsInCall` steps. */
  readonly milliseconds?: number;
  /** Steps per call, as in `bbits train`. */
  readonly stepsInCall?: number;
  /** Seconds from the start of tracing to the end of the first step. */
  readonly readySeconds: number;
  /** Crossings of one call, for programs that run as a graph. */
  readonly crossings?: Crossings;
}

const backend = await startBackend(hasGpu ? 'native-gpu' : 'native-cpu', {
  threads: hasGpu ? undefined : 2,
});
const note = (text: string) => process.stderr.write(`${text}\n`);
const rows = [];
for (const row of gpuRows(Number(batch)).filter(({ name }) => name.startsWith(network))) {
  note(row.name);
  rows.push({
    row: row.name,
    batch: row.suite.batchSize,
    xla: whileThereIsTime(() => measure(row, 'xla')),
    graph: whileThereIsTime(() => measure(row, 'graph')),
    // For the other networks this would take minutes and show nothing new.
    ...(row.suite.model === 'lenet5'
      ? { eager: whileThereIsTime(() => measure(row, 'eager')) }
      : {}),
    ...(hasGpu && row.isFullPrecision && hasPytorch() ? { pytorch: await pytorch(row) } : {}),
  });
}
const { name, device, tensorflow, tf32 = null } = backend;
process.stdout.write(
  `${JSON.stringify({ backend: name, device, tensorflow, tf32, deterministic: process.env['TF_DETERMINISTIC_OPS'] === '1', rows }, null, 2)}\n`,
);

function whileThereIsTime<T>(run: () => T): T | 'no time left' {
  return hasGpu && process.uptime() > secondsInAll ? 'no time left' : run();
}

function measure({ suite, setting }: GpuRow, mode: ProgramMode): Measured | { refused: string } {
  const native = findNativeBackend();
  if (!native) throw new Error('bench: native TensorFlow is not the backend');
  const start = performance.now();
  let program: ReturnType<typeof measured> | undefined;
  try {
    const firstStep = () => {
      program = measured(suite, { ...setting, mode }, noiseDataset(suite));
      program.step();
    };
    const crossings = mode === 'eager' ? undefined : crossingsOf(native, mode, firstStep);
    if (!crossings) firstStep();
    const readySeconds = (performance.now() - start) / 1000;
    return {
      ...(hasGpu && program ? { milliseconds: stepMilliseconds(program, timing) } : {}),
      ...(program ? { stepsInCall: program.mostSteps } : {}),
      readySeconds,
      ...(crossings ? { crossings } : {}),
    };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  } finally {
    program?.dispose();
  }
}

/** Crossings of a graph as on a GPU; programs compiled by XLA run on the actual device. */
function crossingsOf(native: NativeBackend, mode: ProgramMode, run: () => void): Crossings {
  return countCrossings(native, run, { asOnGpu: mode === 'graph' });
}

/** Milliseconds per step of the same network in full precision. */
async function pytorch({ suite }: GpuRow): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const where of ['cuda', 'cuda-graph'] as const) {
    const process = startPytorch(suite, 'channels_last', 2, where);
    await process.run(10);
    found[where] = median(await process.run(50));
    process.close();
  }
  return found;
}
