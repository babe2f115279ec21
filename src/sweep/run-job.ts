import { existsSync } from 'node:fs';
import { startBackend } from '../backend/start.js';
import { UserError } from '../errors.js';
import { CannotResumeError } from '../runs/folder/cannot-resume.js';
import { readConfig } from '../runs/folder/config-file.js';
import { readRecord, runRecord } from '../runs/folder/record-file.js';
import { FolderTakenError } from '../runs/folder/run-folder.js';
import { RunHeldError } from '../runs/folder/run-lock.js';
import { readStatus } from '../runs/folder/status-file.js';
import { circumstanceDifferences } from '../runs/identity/circumstances.js';
import { readResult } from '../runs/folder/result-file.js';
import { resumeRun } from '../runs/resume-run.js';
import { runExperiment } from '../runs/run-experiment.js';
import type { FinishedRun, RunObserver } from '../runs/train-and-record.js';
import { endBy, endWith } from './end.js';
import type { Job, JobEnd, JobObserver } from './job.js';
import { preparePlace, putRunAside } from './place.js';

/** The events of a running job. */
export type RunningJobObserver = Pick<JobObserver, 'progress' | 'warning'>;

/**
 * Run a job in this process, from its start or from where it was stopped. Every launcher ends up calling
 * this, in a process of its choice. Errors are returned as the job's end, never thrown.
 *
 * @param signal stops it after the current step
 * @param lateByMs how long another machine's files may remain invisible; 0 if no other machine is used
 */
export async function runJob(
  job: Job,
  signal: AbortSignal,
  observer: RunningJobObserver,
  lateByMs = 0,
): Promise<JobEnd> {
  try {
    return await endOf(job, signal, observer, lateByMs);
  } catch (error) {
    return endBy(error, signal);
  }
}

async function endOf(
  job: Job,
  signal: AbortSignal,
  observer: RunningJobObserver,
  lateByMs: number,
): Promise<JobEnd> {
  const place = await preparePlace(job, lateByMs, signal);
  // A process that outlived its killed sweep may have finished the run.
  if (place === 'finished') return endWith(await resultIn(job.folder));
  if (place === 'diverged') {
    const again = job.retry ? undefined : await divergedAlike(job);
    if (again) return again;
    await putRunAside(job.folder);
  }
  try {
    const finished = await (place === 'begun' ? goOn : begin)(job, signal, observer);
    return endWith(finished.result);
  } catch (error) {
    // Another process has created the folder or taken the run in the meantime.
    const isTaken = error instanceof FolderTakenError || error instanceof RunHeldError;
    if (isTaken) return endOf(job, signal, observer, lateByMs);
    throw error;
  }
}

/** The end of a diverged run that would diverge again; undefined if its environment has changed. */
async function divergedAlike({ folder, loaded: { config } }: Job): Promise<JobEnd | undefined> {
  const record = await readRecord(folder).catch(() => undefined);
  if (record === undefined) return undefined;
  const backend = await startBackend(config.backend, {
    threads: config.threads,
    tf32: config.tf32,
  });
  const now = runRecord(config.seed, backend, record.dataset, { xla: record.xla });
  if (circumstanceDifferences([record, now]).length > 0) return undefined;
  const { reason = '' } = await readStatus(folder);
  return {
    status: 'diverged',
    reason:
      `${reason} Nothing has changed since, so the run was not repeated. Add --retry to train it again.`.trimStart(),
  };
}

async function resultIn(folder: string) {
  const result = await readResult(folder);
  if (result) return result;
  throw new UserError(`${folder}: expected the result.json of a finished run, found none.`);
}

function begin(job: Job, signal: AbortSignal, observer: RunningJobObserver): Promise<FinishedRun> {
  const { loaded, folder, command } = job;
  return runExperiment(loaded, { command, signal, out: folder }, runObserver(job, observer));
}

/** Resume a run, or start anew if it cannot continue as the same run. */
async function goOn(
  job: Job,
  signal: AbortSignal,
  observer: RunningJobObserver,
): Promise<FinishedRun> {
  const { folder, command, loaded, sameMachine } = job;
  const { dataset, from, teacher } = loaded.config;
  const begun = await readConfig(folder);
  const moved = (had: string | undefined, now: string | undefined) =>
    existsSync(had ?? folder) ? undefined : now;
  const places = {
    dataset,
    from: moved(begun.from, from),
    teacher: moved(begun.teacher?.run, teacher?.run),
  };
  try {
    const options = { command, signal, places, sameMachine };
    return await resumeRun(folder, options, runObserver(job, observer));
  } catch (error) {
    if (!(error instanceof CannotResumeError)) throw error;
    observer.warning(job, `${error.message}\nThe run is moved aside and trained from the start.`);
    await putRunAside(folder);
    return begin(job, signal, observer);
  }
}

/** Translate a run's events to its job's. */
function runObserver(job: Job, observer: RunningJobObserver): RunObserver {
  let stepsPerEpoch = 0;
  return {
    prepared({ trainer, warning }) {
      ({ stepsPerEpoch } = trainer);
      if (warning !== undefined) observer.warning(job, warning);
    },
    stepDone({ epoch, step }) {
      observer.progress(job, { epoch, step, stepsPerEpoch });
    },
    epochDone: () => undefined,
  };
}
