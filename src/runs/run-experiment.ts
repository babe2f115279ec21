import { setImmediate as nextTurn } from 'node:timers/promises';
import { startBackend } from '../backend/start.js';
import type { LoadedConfig } from '../config/config.js';
import { loadDataset } from '../data/load.js';
import type { Trainer } from '../training/trainer.js';
import { writeConfig } from './folder/config-file.js';
import { addInvocation } from './folder/invocations-file.js';
import { datasetRecord, runRecord, writeRecord, xlaRecord } from './folder/record-file.js';
import { createRunFolder } from './folder/run-folder.js';
import { lockRun } from './folder/run-lock.js';
import { openRunLog } from './folder/run-log.js';
import { openTeacher } from './run-teacher.js';
import { newTrainer, startingWeights } from './starting-weights.js';
import {
  trainAndRecord,
  type FinishedRun,
  type RunObserver,
  type RunOptions,
} from './train-and-record.js';

export interface NewRunOptions extends RunOptions {
  /** A new or empty folder; default: a new one under `results/`. */
  readonly out?: string | undefined;
}

/**
 * Train a config's network and record it in a folder of its own: `config.yaml`, `run.json`, and the files of
 * `trainAndRecord`. Equal config, seed and threads on the same machine yield equal bytes in all of them.
 * Whatever may differ is kept apart: wall-clock times in `timings.jsonl` and TensorBoard's event files,
 * commands in `invocations.jsonl`.
 *
 * Nothing is written until backend, data and network are ready.
 *
 * @throws UserError if something is missing or wrong; the signal's reason once it is aborted
 */
export async function runExperiment(
  loaded: LoadedConfig,
  options: NewRunOptions,
  observer: RunObserver,
): Promise<FinishedRun> {
  const { config } = loaded;
  const { signal } = options;
  performance.mark('bbits: config read');
  const backend = await startBackend(config.backend, {
    threads: config.threads,
    tf32: config.tf32,
    tensorflowLogs: options.tensorflowLogs ?? false,
  });
  performance.mark('bbits: backend started');
  const dataset = await loadDataset(config.dataset);
  signal?.throwIfAborted();
  const start = await startingWeights(config.from);
  const teacher = await openTeacher(config, dataset);
  let trainer: Trainer | undefined;
  try {
    performance.mark('bbits: data read');
    const made = newTrainer(config, dataset, start, teacher?.teach);
    trainer = made;
    performance.mark('bbits: network ready');
    const record = runRecord(config.seed, backend, datasetRecord(dataset), {
      parent: start?.parent,
      teacher: teacher?.origin,
      xla: xlaRecord(made.compiled),
    });
    const recorded = { epochs: 0, extendedAfterEpochs: [] };
    // Building the network blocks the event loop: let pending signals and messages of the sweep arrive.
    await nextTurn();
    signal?.throwIfAborted();
    const folder = await createRunFolder(options.out, loaded.file, config.seed);
    return await lockRun(folder, async () => {
      const log = await openRunLog(folder, recorded.epochs);
      await writeConfig(folder, config);
      await writeRecord(folder, record);
      await addInvocation(folder, { ...config, command: options.command, dataset });
      observer.prepared({ folder, backend, dataset, trainer: made, done: { epochs: 0, steps: 0 } });
      return trainAndRecord({ folder, config, trainer: made, log }, recorded, options, observer);
    });
  } finally {
    trainer?.dispose();
    teacher?.dispose();
  }
}
