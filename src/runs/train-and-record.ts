import { existsSync } from 'node:fs';
import { gateDistributions } from '../bayesian-bits/gate-distributions.js';
import { formatConfig, type Config } from '../config/config.js';
import type { BackendInfo } from '../backend/start.js';
import type { Dataset } from '../data/dataset.js';
import { DivergedError, UserError } from '../errors.js';
import { checkFinite } from '../training/divergence.js';
import type { EpochLosses, TrainerState } from '../training/trainer-state.js';
import type { Trainer } from '../training/trainer.js';
import { epochMetrics } from './epoch-metrics.js';
import { forgetPreviousCheckpoint, saveCheckpoint } from './folder/checkpoints.js';
import type { PhaseResult } from './folder/figures.js';
import type { EpochMetrics } from './folder/metrics-file.js';
import { writeResult, type RunResult } from './folder/result-file.js';
import type { RunLog } from './folder/run-log.js';
import { writeStatus, type RunStatus } from './folder/status-file.js';
import { writeWeights } from './folder/weights-file.js';
import { phaseResult, runResult } from './run-result.js';
import { trainedWeights } from './trained-weights.js';
import { WriteError } from '../files/write-file.js';
import { createEventFile } from './folder/tensorboard/event-file.js';
import { shell } from '../text/shell.js';

export interface RunOptions {
  /** Let TensorFlow write its log to stderr. */
  readonly tensorflowLogs?: boolean;
  readonly signal?: AbortSignal;
  /** The command line, for the run's record. */
  readonly command: readonly string[];
  /** Time between checkpoints within an epoch; default 10 minutes. */
  readonly checkpointSeconds?: number;
}

/** Callbacks for the progress of a run. */
export interface RunObserver {
  prepared(run: {
    folder: string;
    backend: BackendInfo;
    dataset: Dataset;
    trainer: Trainer;
    /** Where it starts: finished epochs, and finished steps of the next. */
    done: { readonly epochs: number; readonly steps: number };
    warning?: string | undefined;
  }): void;
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
  /** Total of all epochs trained by this process. */
  readonly trainingSeconds: number;
}

/** A run in training and its files with one line per epoch. */
export interface OpenRun {
  readonly folder: string;
  readonly config: Config;
  readonly trainer: Trainer;
  readonly log: RunLog;
}

/** Progress in a run's files. */
export interface Recorded {
  /** Number of epochs with written metrics. */
  readonly epochs: number;
  /** Present once fine-tuning has begun. */
  readonly beforeFineTuning?: PhaseResult | undefined;
  /** Numbers of epochs after which the run was finished and then extended. */
  readonly extendedAfterEpochs: readonly number[];
}

const defaultCheckpointSeconds = 600;

/**
 * Train to the end and record the run in its folder: a checkpoint before the first step; `metrics.jsonl`,
 * `weights.safetensors` and a checkpoint after each epoch; `result.json` at the end. If the signal is
 * aborted, save a checkpoint after the current step. `status.json` tells how the run ended.
 *
 * @throws UserError if files cannot be written; DivergedError; the signal's reason
 */
export async function trainAndRecord(
  run: OpenRun,
  start: Recorded,
  options: RunOptions,
  observer: RunObserver,
): Promise<FinishedRun> {
  const { folder } = run;
  await writeStatus(folder, { status: 'running' });
  try {
    const finished = await record(run, start, options, observer);
    await writeStatus(folder, { status: 'finished' });
    return finished;
  } catch (error) {
    // If the status cannot be written either, report the first error.
    await writeStatus(folder, endedBy(error, options.signal)).catch(() => undefined);
    if (!(error instanceof WriteError) || !existsSync(folder)) throw error;
    throw new UserError(`${error.message} Then resume it: ${shell`bbits resume ${folder}`}`, 1, {
      cause: error,
    });
  }
}

async function record(
  { folder, config, trainer, log }: OpenRun,
  start: Recorded,
  { signal, checkpointSeconds = defaultCheckpointSeconds }: RunOptions,
  observer: RunObserver,
): Promise<FinishedRun> {
  const stoppable = signal === undefined ? {} : { signal };
  const eventFile = await createEventFile(
    folder,
    start.epochs + 1,
    gateDistributions[config.gates.distribution],
  );
  const { extendedAfterEpochs } = start;
  let recorded = start;
  let trainingSeconds = 0;
  let saved = performance.now();

  /** The state to save. @throws DivergedError if it is not finite, before any of it is written */
  function finiteState(): TrainerState {
    const state = trainer.state();
    checkFinite(state, trainer.plan().variables);
    return state;
  }

  async function save(state: TrainerState): Promise<void> {
    const { epochs, beforeFineTuning } = recorded;
    await saveCheckpoint(folder, {
      config: formatConfig(config),
      recordedEpochs: epochs,
      ...(beforeFineTuning ? { beforeFineTuning } : {}),
      extendedAfterEpochs,
      trainer: state,
    });
    saved = performance.now();
  }

  async function trainAndEvaluate(epoch: number) {
    const { value: losses, seconds: training } = await timed(() =>
      trainer.trainEpoch(epoch, {
        ...stoppable,
        onStep: async (step, soFar) => {
          if (epoch === start.epochs + 1 && step === 1) performance.mark('bbits: first step');
          observer.stepDone({ epoch, step, soFar });
          if (performance.now() - saved > 1000 * checkpointSeconds) await save(finiteState());
        },
      }),
    );
    const { value: evaluations, seconds: evaluation } = await timed(() =>
      trainer.evaluate(stoppable),
    );
    return { metrics: epochMetrics(epoch, losses, evaluations, trainer), training, evaluation };
  }

  try {
    // Save the starting weights, so that resuming need not read the parent run again.
    const begun = finiteState();
    if (begun.position.epoch === 0) await save(begun);
    performance.mark('bbits: run begun');
    for (let epoch = start.epochs + 1; ; epoch++) {
      const { metrics, training, evaluation } = await trainAndEvaluate(epoch);
      trainingSeconds += training;
      const state = finiteState();
      await writeWeights(folder, trainedWeights(trainer));
      await log.metrics.add(metrics);
      await eventFile.addEpoch(metrics);
      await log.timings.add({
        epoch,
        finished: new Date().toISOString(),
        trainingSeconds: training,
        evaluationSeconds: evaluation,
        peakMemoryBytes: 1024 * process.resourceUsage().maxRSS,
      });
      observer.epochDone(metrics, { training, evaluation });
      const isBefore = epoch === config.training.epochs && epoch < trainer.epochs;
      recorded = {
        ...recorded,
        epochs: epoch,
        beforeFineTuning: isBefore ? phaseResult(metrics) : recorded.beforeFineTuning,
      };
      if (epoch < trainer.epochs) {
        await save(state);
        continue;
      }
      const result = runResult(metrics, trainer, recorded);
      await writeResult(folder, result);
      await save(state);
      await forgetPreviousCheckpoint(folder);
      return { folder, result, trainingSeconds };
    }
  } catch (error) {
    // Steps are never cut short: the trainer's state is that after its last step.
    if (signal?.aborted && error === signal.reason) await save(finiteState());
    throw error;
  }
}

function endedBy(error: unknown, signal: AbortSignal | undefined): RunStatus {
  if (signal?.aborted && error === signal.reason) return { status: 'interrupted' };
  const reason = error instanceof Error ? error.message : String(error);
  return { status: error instanceof DivergedError ? 'diverged' : 'failed', reason };
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await run();
  return { value, seconds: (performance.now() - start) / 1000 };
}
