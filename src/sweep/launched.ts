import { open } from 'node:fs/promises';
import { lookAnew } from '../files/late-file.js';
import { readStatus, type RunStatus } from '../runs/folder/status-file.js';
import { logOf } from './launchers/manifest.js';
import type { QueuedTask } from './launchers/slurm/queue.js';

/** What is known from outside of a point that was launched to go on by itself. */
export interface LaunchedState {
  /**
   * Failed and diverged only where status.json says so; interrupted where it says that, and the task is in no queue;
   * lost where the task is in none, and no file says why.
   */
  readonly status:
    'queued' | 'running' | 'finished' | 'diverged' | 'failed' | 'interrupted' | 'lost';
  /** Why it is queued, has failed or is lost. */
  readonly reason: string | undefined;
}

/**
 * @param folder of its run
 * @param task in the queue; undefined: it is not there
 */
export async function launchedState(
  folder: string,
  task: QueuedTask | undefined,
): Promise<LaunchedState> {
  // Files tell of an earlier start.
  if (task !== undefined) {
    if (task.isRunning) return { status: 'running', reason: undefined };
    return { status: 'queued', reason: task.reason };
  }
  const { status, reason } = await lastStatus(folder);
  if (status === 'finished' || status === 'diverged') return { status, reason };
  const said = await lastLineOf(logOf(folder));
  const because = [reason, said && `its log ends: ${said}`].filter(Boolean).join('; ');
  if (status === 'failed') return { status, reason: because };
  // A run that was stopped and has saved gives no reason.
  const isSaved = status === 'interrupted' && reason === undefined;
  return { status: isSaved ? 'interrupted' : 'lost', reason: because };
}

/** What its process has said last, on whichever machine: it may show only once the folder is looked at anew. */
async function lastStatus(folder: string): Promise<RunStatus> {
  const found = await readStatus(folder);
  if (found.status !== 'running' && found.status !== 'interrupted') return found;
  await lookAnew(folder);
  return readStatus(folder);
}

/** Bytes of a log's end that are looked at. */
const tailBytes = 4096;

/** The last line of a log that says something; undefined: there is none. */
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
