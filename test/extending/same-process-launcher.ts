import { runJob } from '../../src/sweep/run-job.js';
import type { CreateLauncher } from '../../src/sweep/launchers/launcher.js';

/** Runs jobs in the sweep's own process, one after the other, without startup time for each. */
export const sameProcess: CreateLauncher = () => ({
  async launch(jobs, observer, signal) {
    for (const job of jobs) {
      observer.started(job);
      observer.ended(job, await runJob(job, signal, observer));
    }
  },
});
