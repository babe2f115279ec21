import { spawn } from 'node:child_process';
import type { Command } from './gpu-parts.js';

/** How a command ended. */
export interface Ended {
  readonly status: number | null;
  /** It was asked to stop since its time was up. */
  readonly timeIsUp: boolean;
  readonly seconds: number;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
}

/** For a checkpoint to be written. */
const secondsToStop = 20;

/** Runs a command of Node's; when its time is up it is asked to stop, and soon after stopped. */
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
