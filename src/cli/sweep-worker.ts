import { CannotResumeError } from '../runs/folder/cannot-resume.js';
import { resumeRun } from '../runs/resume-run.js';
import { runExperiment } from '../runs/run-experiment.js';
import type { FinishedRun, RunObserver, RunOptions } from '../runs/train-and-record.js';
import { stopSignals } from './stop-signals.js';
import { endBy } from '../sweep/end.js';
import { putAside } from '../sweep/place.js';
import type { FromJob, JobEnd, JobRequest, ToJob } from '../sweep/messages.js';

/**
 * The process of one job of a sweep. It runs what the first message says, stops where it is told to
 * or where the sweep is gone, and says how it ended.
 */
const controller = new AbortController();
const stop = (why: string) => {
  controller.abort(new Error(why));
};
process.on('message', (message: ToJob) => {
  if (message.type === 'stop') stop('The sweep was interrupted.');
  else void run(message.request).then(say).finally(leave);
});
process.on('disconnect', () => {
  stop('The sweep is gone.');
});
// Clusters send signals to every process of a job.
for (const signal of stopSignals) {
  process.on(signal, () => {
    stop(`The job was stopped by ${signal}.`);
  });
}

async function run(request: JobRequest): Promise<FromJob> {
  const { signal } = controller;
  let end: JobEnd;
  try {
    const { result } = await beginOrGoOn(request, { command: request.command, signal });
    const { testAccuracyPercent, relativeBopsPercent } = result;
    end = { status: 'finished', testAccuracyPercent, relativeBopsPercent };
  } catch (error) {
    end = endBy(error, signal);
  }
  return { type: 'ended', end };
}

async function beginOrGoOn(
  { loaded, out, goesOn }: JobRequest,
  options: RunOptions,
): Promise<FinishedRun> {
  if (goesOn) {
    try {
      return await resumeRun(out, options, observer());
    } catch (error) {
      if (!(error instanceof CannotResumeError)) throw error;
      say({
        type: 'warning',
        text: `${error.message}\nIt is put aside, and trained from its start.`,
      });
      await putAside(out);
    }
  }
  return runExperiment(loaded, { ...options, out }, observer());
}

/** Tells how far the run is, a few times a second. */
function observer(): RunObserver {
  let stepsPerEpoch = 0;
  let said = 0;
  return {
    prepared({ trainer, warning }) {
      ({ stepsPerEpoch } = trainer);
      if (warning !== undefined) say({ type: 'warning', text: warning });
    },
    stepDone({ epoch, step }) {
      const now = performance.now();
      if (now - said < 200 && step < stepsPerEpoch) return;
      said = now;
      say({ type: 'step', done: { epoch, step, stepsPerEpoch } });
    },
    epochDone: () => undefined,
  };
}

function say(message: FromJob): void {
  if (process.connected) process.send?.(message);
}

function leave(): void {
  if (process.connected) process.disconnect();
  // TensorFlow's threads would keep the process.
  process.exit();
}
