import * as tf from '@tensorflow/tfjs-core';
import { startBackend, type BackendInfo } from '../backend/start.js';
import { formatConfig, type Config, type LoadedConfig } from '../config/config.js';
import type { Dataset } from '../data/dataset.js';
import { DivergedError } from '../errors.js';
import { loadDataset } from '../data/load.js';
import { createTrainer, type EpochLosses, type Trainer } from '../training/trainer.js';
import { runFiles, type RunFiles } from './files.js';
import { epochMetrics, runResult, type EpochMetrics, type RunResult } from './metrics.js';
import { startingWeights } from './starting-weights.js';
import { createRunFolder } from './run-folder.js';
import { runRecord } from './run-record.js';
import { writeStatus, type RunStatus } from './status.js';
import { createEventFile } from './tensorboard/event-file.js';

export interface RunOptions {
  /** A new or empty folder; else one is made under `results/`. */
  readonly out?: string | undefined;
  /** Let TensorFlow write its own log to stderr. */
  readonly tensorflowLogs?: boolean;
  readonly signal?: AbortSignal;
  /** For the run's record; unless given, that of `bbits train`. */
  readonly command?: readonly string[];
}

/** Is told what happens while a run goes on. */
export interface RunObserver {
  prepared(run: { folder: string; backend: BackendInfo; dataset: Dataset; trainer: Trainer }): void;
  stepDone(step: { epoch: number; step: number; soFar: EpochLosses }): void;
  epochDone(metrics: EpochMetrics, seconds: EpochSeconds): void;
}

export interface EpochSeconds {
  readonly training: number;
  readonly evaluation: number;
}

export interface FinishedRun {
  readonly folder: string;
  readonly result: RunResult;
  /** Of all epochs together. */
  readonly trainingSeconds: number;
}

/**
 * Trains what a config describes and keeps it in a folder of its own: `config.yaml`, `run.json`,
 * after each epoch `metrics.jsonl` and `weights.safetensors`, at the end `result.json`. The same
 * config, seed and threads on the same machine give the same bytes in all of them. What differs, wall
 * clock times, is in `timings.jsonl` and in a file for TensorBoard.
 *
 * `status.json` says how far it has come.
 *
 * Nothing is written before backend, data and network are there.
 *
 * @throws UserError where something is missing or wrong; the signal's reason once it is aborted
 */
export async function runExperiment(
  loaded: LoadedConfig,
  options: RunOptions,
  observer: RunObserver,
): Promise<FinishedRun> {
  const { config } = loaded;
  const { signal, command = ['bbits', 'train', loaded.file, ...loaded.overrides] } = options;
  const backend = await startBackend(config.backend, {
    ...(config.threads === undefined ? {} : { threads: config.threads }),
    tensorflowLogs: options.tensorflowLogs ?? false,
  });
  const dataset = await loadDataset(config.dataset);
  signal?.throwIfAborted();
  const start = config.from === undefined ? undefined : await startingWeights(config, dataset);
  const trainer = createTrainer(config, dataset, start);
  if (start) tf.dispose(start);
  try {
    const folder = await createRunFolder(options.out, loaded.file, config.seed);
    const files = runFiles(folder);
    await files.writeText('config.yaml', formatConfig(config));
    await files.writeJson('run.json', runRecord(loaded, backend, dataset, command));
    await writeStatus(folder, { status: 'running' });
    try {
      observer.prepared({ folder, backend, dataset, trainer });
      const finished = await trainAndRecord(config, trainer, files, observer, signal);
      await writeStatus(folder, { status: 'finished' });
      return finished;
    } catch (error) {
      // Where nothing can be written any more, the first error says why.
      await writeStatus(folder, endedBy(error, signal)).catch(() => undefined);
      throw error;
    }
  } finally {
    trainer.dispose();
  }
}

async function trainAndRecord(
  { training: { epochs } }: Config,
  trainer: Trainer,
  files: RunFiles,
  observer: RunObserver,
  signal: AbortSignal | undefined,
): Promise<FinishedRun> {
  const stoppable = signal === undefined ? {} : { signal };
  const eventFile = await createEventFile(files.folder);
  let trainingSeconds = 0;
  let beforeFineTuning: EpochMetrics | undefined;
  for (let epoch = 1; ; epoch++) {
    const { value: losses, seconds: training } = await timed(() =>
      trainer.trainEpoch(epoch, {
        ...stoppable,
        onStep: (step, soFar) => {
          observer.stepDone({ epoch, step, soFar });
        },
      }),
    );
    const { value: evaluations, seconds: evaluation } = await timed(() =>
      trainer.evaluate(stoppable),
    );
    trainingSeconds += training;
    const metrics = epochMetrics(epoch, losses, evaluations, trainer);
    await files.writeWeights(trainer);
    await files.addLine('metrics.jsonl', metrics);
    await eventFile.addEpoch(metrics);
    await files.addLine('timings.jsonl', {
      epoch,
      finished: new Date().toISOString(),
      trainingSeconds: training,
      evaluationSeconds: evaluation,
    });
    observer.epochDone(metrics, { training, evaluation });
    if (epoch === epochs && epoch < trainer.epochs) beforeFineTuning = metrics;
    if (epoch === trainer.epochs) {
      const result = runResult(metrics, trainer, beforeFineTuning);
      await files.writeJson('result.json', result);
      return { folder: files.folder, result, trainingSeconds };
    }
  }
}

function endedBy(error: unknown, signal: AbortSignal | undefined): RunStatus {
  if (signal?.aborted) return { status: 'interrupted' };
  const reason = error instanceof Error ? error.message : String(error);
  return { status: error instanceof DivergedError ? 'diverged' : 'failed', reason };
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await run();
  return { value, seconds: (performance.now() - start) / 1000 };
}
