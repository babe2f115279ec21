import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { UserError } from '../../errors.js';
import { endBy } from '../end.js';
import type { Job, JobEnd, JobObserver } from '../job.js';
import type { CreateLauncher } from './launcher.js';
import type { FromJob, ToJob } from './messages.js';

/** Runs some jobs at a time, each in a process of its own. They share this machine's cores and GPUs. */
export const localProcesses: CreateLauncher = ({ atOnce = 1, gpus, worker }) => ({
  async launch(jobs, observer, signal) {
    expectVisible(gpus);
    async function work(slot: number): Promise<void> {
      const gpu = gpus[slot % gpus.length];
      const env = environment(gpu);
      for (const job of jobs) {
        observer.started(job);
        const shared = onGpu(withShare(job, atOnce), gpu);
        const end = await runInProcess(worker, env, shared, observer, signal).catch(
          (error: unknown) => endBy(error, signal),
        );
        observer.ended(job, end);
      }
    }
    await Promise.all(Array.from({ length: atOnce }, (_, slot) => work(slot)));
  },
});

/** The job with its part of the threads. */
function withShare(job: Job, atOnce: number): Job {
  const { config } = job.loaded;
  const threads = Math.max(1, Math.floor((config.threads ?? availableParallelism()) / atOnce));
  return { ...job, loaded: { ...job.loaded, config: { ...config, threads } } };
}

/** A job that is given a GPU does not go on without. */
function onGpu(job: Job, gpu: string | undefined): Job {
  const { config } = job.loaded;
  if (gpu === undefined || config.backend !== 'auto') return job;
  return { ...job, loaded: { ...job.loaded, config: { ...config, backend: 'native-gpu' } } };
}

/** @param gpu the one to use; undefined: whatever there is */
function environment(gpu: string | undefined): NodeJS.ProcessEnv {
  if (gpu === undefined) return process.env;
  return {
    // CUDA counts from the fastest GPU, people as nvidia-smi does.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...process.env,
    CUDA_VISIBLE_DEVICES: gpu,
    // Two jobs on one GPU need it not to take all of the memory.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}

/** GPUs that this process was not given (by Slurm, in a container) are others'. @throws UserError */
function expectVisible(gpus: readonly string[]): void {
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  const given = visible?.split(',').map((name) => name.trim());
  const hidden = gpus.find((gpu) => given?.includes(gpu) === false);
  if (hidden === undefined) return;
  throw new UserError(
    `--gpus: expected GPUs that CUDA_VISIBLE_DEVICES=${visible ?? ''} shows, found ${hidden}. Name others, or unset it.`,
    2,
  );
}

/** In a process group of its own: a terminal's Ctrl-C is for the sweep, which then tells its jobs. */
async function runInProcess(
  worker: string,
  env: NodeJS.ProcessEnv,
  job: Job,
  observer: JobObserver,
  signal: AbortSignal,
): Promise<JobEnd> {
  const child = fork(worker, [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env,
  });
  const send = (message: ToJob) => {
    if (child.connected) child.send(message);
  };
  const stop = () => {
    send({ type: 'stop' });
  };
  signal.addEventListener('abort', stop);
  send({ type: 'run', job });
  if (signal.aborted) stop();
  try {
    return await untilEnd(child, job, observer);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What it says last, or how its process ended without a word. */
function untilEnd(child: ChildProcess, job: Job, observer: JobObserver): Promise<JobEnd> {
  let end: JobEnd | undefined;
  let errors = '';
  child.on('message', (message: FromJob) => {
    if (message.type === 'progress') observer.progress(job, message.done);
    else if (message.type === 'warning') observer.warning(job, message.text);
    else ({ end } = message);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-longestTail);
  });
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      resolve({ status: 'failed', reason: `its process cannot be started (${message})` });
    });
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
      const tail = errors.trim() === '' ? '' : `: ${errors.trim()}`;
      resolve(end ?? { status: 'failed', reason: `its process ended with ${how}${tail}` });
    });
  });
}

/** Characters of what a process wrote last to stderr. */
const longestTail = 2000;
