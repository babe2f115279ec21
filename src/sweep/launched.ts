import { open } from 'node:fs/promises';
import { lookAnew } from '../files/late-file.js';
import { readStatus, type RunStatus } from '../runs/folder/status-file.js';
import { logOf } from './launchers/manifest.js';
import type { QueuedTask } from './launchers/slurm/queue.js';

/** The state of a launched point, observed from its files and the queue. */
export interface LaunchedState {
  /**
   * Failed and diverged only if status.json says so; interrupted if it says so and the task is not in the
   * queue; lost if the task is not in the queue and no file says why.
   */
  readonly status:
    'queued' | 'running' | 'finished' | 'diverged' | 'failed' | 'interrupted' | 'lost';
  /** Why it is queued, failed or lost. */
  readonly reason: string | undefined;
}

/**
 * Determine the state of a launched point.
 *
 * @param folder the run's folder
 * @param task its task in the queue; undefined if it is not queued
 */
export async function launchedState(
  folder: string,
  task: QueuedTask | undefined,
): Promise<LaunchedState> {
  // While a task is queued, the files are those of an earlier start.
  if (task !== undefined) {
    if (task.isRunning) return { status: 'running', reason: undefined };
    return { status: 'queued', reason: task.reason };
  }
  const { status, reason } = await lastStatus(folder);
  if (status === 'finished' || status === 'diverged') return { status, reason };
  const said = await lastLineOf(logOf(folder));
  const because = [reason, said && `its log ends: ${said}`].filter(Boolean).join('; ');
  if (status === 'failed') return { status, reason: because };
  // A run that saved its state when it was stopped gives no reason.
  const isSaved = status === 'interrupted' && reason === undefined;
  return { status: isSaved ? 'interrupted' : 'lost', reason: because };
}

/** The run's last status. Another machine's write may not show until the folder is listed again. */
async function lastStatus(folder: string): Promise<RunStatus> {
  const found = await readStatus(folder);
  if (found.status !== 'running' && found.status !== 'interrupted') return found;
  await lookAnew(folder);
  return readStatus(folder);
}

/** Bytes read from the end of a log. */
const tailBytes = 4096;

/** The last non-blank line of a log; undefined if there is none. */
async function lastLineOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.findLast((line) => line.trim() !== '')?.trim();
  } finally {
    await file.close();
  }
}
