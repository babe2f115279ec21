import { spawn } from 'node:child_process';
import type { Command } from './gpu-parts.js';

/** Result of a command. */
export interface Ended {
  readonly status: number | null;
  /** Whether it was asked to stop at the time limit. */
  readonly timeIsUp: boolean;
  readonly seconds: number;
  readonly stdout: string;
  /** The end of its stderr. */
  readonly stderr: string;
}

/** Grace period for writing a checkpoint. */
const secondsToStop = 20;

/** Run a Node command; at the time limit, ask it to stop, and kill it after a grace period. */
export function runInTime({ args, env }: Command, folder: string, seconds: number): Promise<Ended> {
  const start = performance.now();
  const child = spawn(process.execPath, [...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, timeIsUp] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const asking = setTimeout(() => {
    timeIsUp = true;
    child.kill('SIGTERM');
  }, 1000 * seconds);
  const stopping = setTimeout(() => child.kill('SIGKILL'), 1000 * (seconds + secondsToStop));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(asking);
      clearTimeout(stopping);
      const took = (performance.now() - start) / 1000;
      resolve({ status, timeIsUp, seconds: took, stdout, stderr: stderr.slice(-4000) });
    });
  });
}
