import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { UserError } from '../../errors.js';
import { endBy } from '../end.js';
import type { Job, JobEnd, JobObserver } from '../job.js';
import type { CreateLauncher } from './launcher.js';
import type { FromJob, ToJob } from './messages.js';

/** Run a few jobs at a time, each in its own process, sharing this machine's cores and GPUs. */
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

/** The job with its share of the threads. */
function withShare(job: Job, atOnce: number): Job {
  const { config } = job.loaded;
  const threads = Math.max(1, Math.floor((config.threads ?? availableParallelism()) / atOnce));
  return { ...job, loaded: { ...job.loaded, config: { ...config, threads } } };
}

/** Require the GPU if one is assigned: the job must not fall back to the CPU. */
function onGpu(job: Job, gpu: string | undefined): Job {
  const { config } = job.loaded;
  if (gpu === undefined || config.backend !== 'auto') return job;
  return { ...job, loaded: { ...job.loaded, config: { ...config, backend: 'native-gpu' } } };
}

/** @param gpu the assigned GPU; undefined: any */
function environment(gpu: string | undefined): NodeJS.ProcessEnv {
  if (gpu === undefined) return process.env;
  return {
    // By default CUDA numbers the fastest GPU first; people number GPUs as nvidia-smi does.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    ...process.env,
    CUDA_VISIBLE_DEVICES: gpu,
    // Otherwise TensorFlow takes all GPU memory, and two jobs cannot share a GPU.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}

/** Reject GPUs that were not given to this process (by Slurm or a container). @throws UserError */
function expectVisible(gpus: readonly string[]): void {
  const { CUDA_VISIBLE_DEVICES: visible } = process.env;
  const given = visible?.split(',').map((name) => name.trim());
  const hidden = gpus.find((gpu) => given?.includes(gpu) === false);
  if (hidden === undefined) return;
  throw new UserError(
    `--gpus: expected GPUs that CUDA_VISIBLE_DEVICES=${visible ?? ''} shows, found ${hidden}. Name others, or unset the variable.`,
    2,
  );
}

/** Run a job in its own process group: Ctrl-C in a terminal reaches only the sweep, which stops its jobs. */
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
    // The callback swallows the error if the child has just ended: its exit status says more.
    if (child.connected) child.send(message, () => undefined);
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

/** The end that the process reports last, or its exit status if it reports none. */
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
    child.on('error', ({ message }) => {
      // After an error that follows its start, the process still emits `close` when it ends.
      if (child.pid !== undefined) return;
      resolve({ status: 'failed', reason: `its process cannot be started (${message})` });
    });
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
      const tail = errors.trim() === '' ? '' : `: ${errors.trim()}`;
      resolve(end ?? { status: 'failed', reason: `its process ended with ${how}${tail}` });
    });
  });
}

/** Characters kept from the end of a process's stderr. */
const longestTail = 2000;
