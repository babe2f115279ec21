import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromJob, JobEnd, JobProgress, JobRequest, ToJob } from './messages.js';

export interface JobListener {
  progress(done: JobProgress): void;
  /** What is well, and not as it should be. */
  warning(text: string): void;
}

/**
 * Runs one point in a process of its own, and in a process group of its own: a terminal's Ctrl-C is
 * for the sweep, which then tells its jobs.
 *
 * @param gpu which one it may use; undefined: whatever there is
 * @param signal asks it to stop at its next step
 */
export function runJob(
  request: JobRequest,
  gpu: string | undefined,
  signal: AbortSignal,
  listener: JobListener,
): Promise<JobEnd> {
  const child = fork(worker, [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: gpu === undefined ? process.env : gpuEnvironment(gpu),
  });
  const send = (message: ToJob) => {
    if (child.connected) child.send(message);
  };
  const stop = () => {
    send({ type: 'stop' });
  };
  signal.addEventListener('abort', stop);
  send({ type: 'run', request });
  if (signal.aborted) stop();
  return untilEnd(child, listener).finally(() => {
    signal.removeEventListener('abort', stop);
  });
}

/** Compiled as this file is. */
const worker = fileURLToPath(
  new URL(`../cli/sweep-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** Two jobs on one GPU need it not to take all of the memory. */
function gpuEnvironment(gpu: string): NodeJS.ProcessEnv {
  return { ...process.env, CUDA_VISIBLE_DEVICES: gpu, TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
}

/** What it says last, or how its process ended without a word. */
function untilEnd(child: ChildProcess, listener: JobListener): Promise<JobEnd> {
  let end: JobEnd | undefined;
  let errors = '';
  child.on('message', (message: FromJob) => {
    if (message.type === 'step') listener.progress(message.done);
    else if (message.type === 'warning') listener.warning(message.text);
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

const longestTail = 2000;
