import { UserError } from '../errors.js';
import { CannotResumeError } from '../runs/folder/cannot-resume.js';
import { readResult } from '../runs/folder/result-file.js';
import { resumeRun } from '../runs/resume-run.js';
import { runExperiment } from '../runs/run-experiment.js';
import type { FinishedRun, RunObserver } from '../runs/train-and-record.js';
import { endBy, endWith } from './end.js';
import type { Job, JobEnd, JobObserver } from './job.js';
import { preparePlace, putAside } from './place.js';

/** What a job tells while it runs. */
export type RunningJobObserver = Pick<JobObserver, 'progress' | 'warning'>;

/**
 * Runs a job in this process, which every launcher brings about in a process of its choice: from the
 * run's start, or from where it was stopped. Whatever goes wrong is how the job ends; nothing is thrown.
 *
 * @param signal asks it to stop after the step that is under way
 */
export async function runJob(
  job: Job,
  signal: AbortSignal,
  observer: RunningJobObserver,
): Promise<JobEnd> {
  try {
    const place = await preparePlace(job, signal);
    // Another process was still at it when its sweep was killed.
    if (place === 'finished') return endWith(await resultIn(job.folder));
    const finished = await (place === 'begun' ? goOn : begin)(job, signal, observer);
    return endWith(finished.result);
  } catch (error) {
    return endBy(error, signal);
  }
}

async function resultIn(folder: string) {
  const result = await readResult(folder);
  if (result) return result;
  throw new UserError(`${folder}: expected the result.json of a finished run.`);
}

function begin(job: Job, signal: AbortSignal, observer: RunningJobObserver): Promise<FinishedRun> {
  const { loaded, folder, command } = job;
  return runExperiment(loaded, { command, signal, out: folder }, runObserver(job, observer));
}

/** What cannot go on as the same run starts anew. */
async function goOn(
  job: Job,
  signal: AbortSignal,
  observer: RunningJobObserver,
): Promise<FinishedRun> {
  const { folder, command } = job;
  try {
    return await resumeRun(folder, { command, signal }, runObserver(job, observer));
  } catch (error) {
    if (!(error instanceof CannotResumeError)) throw error;
    observer.warning(job, `${error.message}\nIt is put aside, and trained from its start.`);
    await putAside(folder);
    return begin(job, signal, observer);
  }
}

/** What a run says of itself, as its job says it. */
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
