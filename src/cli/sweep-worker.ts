import type { FromJob, ToJob } from '../sweep/launchers/messages.js';
import { runJob, type RunningJobObserver } from '../sweep/run-job.js';
import { stopSignals } from './stop-signals.js';

/**
 * The process of one job of a sweep on this machine. It runs the job in the first message, stops when told to
 * or when the process of the sweep has ended, and reports how the job ended.
 */
const controller = new AbortController();
const stop = (why: string) => {
  controller.abort(new Error(why));
};
process.on('message', (message: ToJob) => {
  if (message.type === 'stop') {
    stop('The sweep was interrupted.');
    return;
  }
  void runJob(message.job, controller.signal, observer())
    .then((end) => {
      say({ type: 'ended', end });
    })
    .finally(leave);
});
process.on('disconnect', () => {
  stop('The process of the sweep has ended.');
});
// Clusters send signals to every process of a job.
for (const signal of stopSignals) {
  process.on(signal, () => {
    stop(`The job was stopped by ${signal}.`);
  });
}

/** Report the job's progress, a few times a second and at each epoch's end. */
function observer(): RunningJobObserver {
  let said = 0;
  return {
    progress(_, done) {
      const now = performance.now();
      if (now - said < 200 && done.step < done.stepsPerEpoch) return;
      said = now;
      say({ type: 'progress', done });
    },
    warning(_, text) {
      say({ type: 'warning', text });
    },
  };
}

function say(message: FromJob): void {
  if (process.connected) process.send?.(message);
}

function leave(): void {
  if (process.connected) process.disconnect();
  // TensorFlow's threads would keep the process alive.
  process.exit();
}
