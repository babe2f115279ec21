import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '../backend/start.js';
import { formatConfig, type Config } from '../config/config.js';
import type { Places } from '../config/places.js';
import type { Dataset } from '../data/dataset.js';
import { loadDataset } from '../data/load.js';
import { UserError } from '../errors.js';
import { allEpochs } from '../setup/epochs.js';
import type { Teacher } from '../training/teacher.js';
import { resumeTrainer, type Trainer } from '../training/trainer.js';
import { expectWhole } from './compact/is-compact.js';
import { CannotResumeError } from './folder/cannot-resume.js';
import type { Checkpoint } from './folder/checkpoint-file.js';
import { dropDamagedCheckpoint, loadCheckpoint, saveCheckpoint } from './folder/checkpoints.js';
import { readConfig, writeConfig } from './folder/config-file.js';
import { addInvocation } from './folder/invocations-file.js';
import { metricsFile } from './folder/metrics-file.js';
import {
  DamagedRecordError,
  datasetRecord,
  readRecord,
  recordFile,
  runRecord,
  writeRecord,
  xlaRecord,
  type RunRecord,
} from './folder/record-file.js';
import { lockRun } from './folder/run-lock.js';
import { openRunLog } from './folder/run-log.js';
import { readStatus, writeStatus } from './folder/status-file.js';
import { asBegun } from './identity/circumstances.js';
import { goneOn, otherMachine, warningOf } from './identity/other-machine.js';
import { placed } from './places.js';
import { openTeacher } from './run-teacher.js';
import { checkConfig, checkRecord } from './same-run.js';
import { newTrainer, startingWeights, type StartingWeights } from './starting-weights.js';
import {
  trainAndRecord,
  type FinishedRun,
  type Recorded,
  type RunObserver,
  type RunOptions,
} from './train-and-record.js';
import { shell } from '../text/shell.js';

export interface ResumeOptions extends RunOptions {
  /** For a finished run: the number of epochs to add. */
  readonly extendEpochs?: number | undefined;
  /** Current folders of moved data, parent and teacher. */
  readonly places?: Places | undefined;
  /** Refuse another device, which would change the last bits. */
  readonly sameMachine?: boolean | undefined;
}

/**
 * Resume a run that was interrupted or has failed, from its newest checkpoint or, without one, from its
 * start. On the same device the result is byte-identical to that of an uninterrupted run; on another device
 * the record says where it was resumed. A finished run can be extended, with the schedule of its new length.
 *
 * @throws UserError if there is no such run, files are damaged, or another process works on it;
 *   CannotResumeError if it cannot be continued as the same run
 */
export async function resumeRun(
  folder: string,
  options: ResumeOptions,
  observer: RunObserver,
): Promise<FinishedRun> {
  const { signal, extendEpochs, places = {} } = options;
  expectWhole(folder);
  await checkStatus(folder, extendEpochs);
  const stored = await readConfig(folder);
  return lockRun(folder, async () => {
    const recorded = await recordOf(folder);
    const backend = await startBackend(recorded?.backend ?? stored.backend, {
      ...asBegun(recorded, stored),
      tensorflowLogs: options.tensorflowLogs ?? false,
    });
    const found = await loadCheckpoint(folder);
    const now = placed(stored, places);
    const dataset = await loadDataset(now.dataset);
    // The checkpoint contains the starting weights.
    const isReadAgain = found === undefined || places.from !== undefined;
    const begun = isReadAgain ? await startingWeights(now.from) : undefined;
    const teacher = await openTeacher(now, dataset);
    let trainer: Trainer | undefined;
    try {
      const recordWith = (xla: RunRecord['xla']) =>
        runRecord(stored.seed, backend, datasetRecord(dataset), {
          parent: begun?.parent,
          teacher: teacher?.origin,
          xla,
        });
      // Whether XLA compiles the steps is known only once it has tried.
      const machine = recorded ? checkRecord(folder, recorded, recordWith(recorded.xla)) : [];
      if (options.sameMachine && machine.length > 0) throw otherMachine(folder, machine);
      if (found && !recorded) throw noRecord(folder);
      if (!found) await expectNoEpochs(folder);
      const at = found && checkConfig(folder, found.checkpoint, stored);
      const { config, checkpoint } =
        extendEpochs === undefined
          ? { config: at?.config ?? stored, checkpoint: at?.checkpoint }
          : extended(folder, at, extendEpochs);
      signal?.throwIfAborted();

      const start = startOf(config, checkpoint);
      const log = await openRunLog(folder, start.epochs);
      trainer = trainerAt(folder, config, dataset, checkpoint, begun, teacher?.teach);
      const current = recordWith(xlaRecord(trainer.compiled));
      if (recorded) checkRecord(folder, recorded, current);
      if (found?.warning !== undefined) await dropDamagedCheckpoint(folder);
      if (checkpoint && extendEpochs !== undefined) await saveLonger(folder, checkpoint);
      await writeConfig(folder, config);
      const done = { epochs: start.epochs, steps: stepsBehind(start, checkpoint) };
      if (!recorded) await writeRecord(folder, current);
      else if (machine.length > 0) await writeRecord(folder, goneOn(recorded, current, done));
      await addInvocation(folder, { ...now, command: options.command, dataset });
      observer.prepared({
        ...{ folder, backend, dataset, trainer },
        done,
        warning: warningOf(found?.warning, machine),
      });
      return await trainAndRecord({ folder, config, trainer, log }, start, options, observer);
    } finally {
      trainer?.dispose();
      teacher?.dispose();
    }
  });
}

/** Read the run's record; undefined if it was stopped before writing one. */
async function recordOf(folder: string): Promise<RunRecord | undefined> {
  try {
    return await readRecord(folder);
  } catch (cause) {
    if (!(cause instanceof DamagedRecordError)) throw cause;
    throw new CannotResumeError(
      `${join(folder, recordFile.name)}: expected the record of a run by this version of bbits, found ` +
        'something else. Without it the run cannot be resumed: train it again.',
      { cause },
    );
  }
}

async function checkStatus(folder: string, extendEpochs: number | undefined): Promise<void> {
  const { status, reason } = await readStatus(folder);
  if (status === 'diverged') {
    throw new CannotResumeError(
      `${folder}: expected a run that was interrupted, found one that diverged, and would diverge again: ${reason ?? ''}`,
    );
  }
  if (status === 'finished' && extendEpochs === undefined) {
    throw new UserError(
      `${folder}: expected a run that was interrupted, found one that is finished. For more epochs: ` +
        shell`bbits resume ${folder} --extend EPOCHS`,
    );
  }
  if (status !== 'finished' && extendEpochs !== undefined) {
    throw new UserError(
      `${folder}: expected a finished run to extend, found one whose status is ${status}. Finish it first: ` +
        shell`bbits resume ${folder}`,
    );
  }
}

function extended(
  folder: string,
  at: { config: Config; checkpoint: Checkpoint } | undefined,
  epochs: number,
): { config: Config; checkpoint: Checkpoint } {
  if (!at) {
    throw new CannotResumeError(
      `${folder}: expected the checkpoint that a finished run keeps, found none. Start another run from ` +
        `its weights: from: ${folder}`,
    );
  }
  const { config, checkpoint } = at;
  if (config.fineTuning.epochs > 0) {
    throw new CannotResumeError(
      `${folder}: expected a run without fine-tuning to extend, found one with fine-tuning, which ` +
        `fixed its gates. Start another run from its weights: from: ${folder}`,
    );
  }
  const done = checkpoint.recordedEpochs;
  const longer = { ...config, training: { ...config.training, epochs: done + epochs } };
  const extendedAfterEpochs = [...new Set([...checkpoint.extendedAfterEpochs, done])];
  return {
    config: longer,
    checkpoint: { ...checkpoint, config: formatConfig(longer), extendedAfterEpochs },
  };
}

/** Both checkpoints get the new length before the status changes: until then the run counts as finished. */
async function saveLonger(folder: string, checkpoint: Checkpoint): Promise<void> {
  await saveCheckpoint(folder, checkpoint);
  await saveCheckpoint(folder, checkpoint);
  await writeStatus(folder, { status: 'running' });
}

function noRecord(folder: string): CannotResumeError {
  return new CannotResumeError(
    `${folder}: expected run.json beside the checkpoint, found none; it records the run's ` +
      `inputs. Put it back, or start another run from its weights, with from: ${folder}`,
  );
}

/** A checkpoint is written before the first step: if it was lost after some epochs, do not start over. */
async function expectNoEpochs(folder: string): Promise<void> {
  const { size } = await stat(join(folder, metricsFile.name)).catch(() => ({ size: 0 }));
  if (size === 0) return;
  throw new CannotResumeError(
    `${folder}: expected a checkpoint of its finished epochs, found none. Put checkpoint.bbits back, or ` +
      `start another run from its weights, with from: ${folder}`,
  );
}

function startOf(config: Config, checkpoint: Checkpoint | undefined): Recorded {
  if (!checkpoint) return { epochs: 0, extendedAfterEpochs: [] };
  const { recordedEpochs, beforeFineTuning, extendedAfterEpochs } = checkpoint;
  // Interrupted between its last checkpoint and its final status: the last epoch is evaluated again.
  const epochs = Math.min(recordedEpochs, allEpochs(config) - 1);
  return { epochs, beforeFineTuning, extendedAfterEpochs };
}

/** Finished steps of the next epoch. */
function stepsBehind({ epochs }: Recorded, checkpoint: Checkpoint | undefined): number {
  if (!checkpoint) return 0;
  const { epoch, step } = checkpoint.trainer.position;
  return epoch > epochs ? step : 0;
}

function trainerAt(
  folder: string,
  config: Config,
  dataset: Dataset,
  checkpoint: Checkpoint | undefined,
  begun: StartingWeights | undefined,
  teacher: Teacher | undefined,
): Trainer {
  if (!checkpoint) return newTrainer(config, dataset, begun, teacher);
  try {
    return resumeTrainer(config, dataset, checkpoint.trainer, teacher);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new CannotResumeError(`${folder}: ${cause.message}`, { cause });
  }
}
