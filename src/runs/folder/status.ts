import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { lockHolder } from '../../files/lock.js';
import { writeWhole } from '../../files/write-file.js';

/** How far a run has come. */
export interface RunStatus {
  readonly status: 'running' | 'finished' | 'failed' | 'diverged' | 'interrupted';
  /** Why it ended before its end. */
  readonly reason?: string | undefined;
}

const fileName = 'status.json';

const schema = z.object({
  status: z.enum(['running', 'finished', 'failed', 'diverged', 'interrupted']),
  reason: z.string().optional(),
  pid: z.int().optional(),
  host: z.string().optional(),
});

/** Writes `status.json`. A run that goes on says which process it is. */
export async function writeStatus(folder: string, status: RunStatus): Promise<void> {
  const process_ = status.status === 'running' ? { pid: process.pid, host: hostname() } : {};
  const json = JSON.stringify({ ...status, ...process_ }, null, 2);
  await writeWhole(join(folder, fileName), `${json}\n`);
}

/**
 * What `status.json` says. A run that nobody holds the lock of was interrupted, whatever it says; so was
 * one without the file and without a result.
 */
export async function readStatus(folder: string): Promise<RunStatus> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => undefined);
  if (text === undefined) return withoutFile(folder);
  const { success, data } = schema.safeParse(parsed(text));
  if (!success) return { status: 'failed', reason: `its ${fileName} is damaged` };
  const { status, reason, pid, host } = data;
  if (status === 'running' && (await lockHolder(folder)) === undefined) {
    return { status: 'interrupted', reason: `its process (${pid ?? '?'}@${host ?? '?'}) is gone` };
  }
  return { status, reason };
}

/** The result is written last. */
function withoutFile(folder: string): RunStatus {
  if (existsSync(join(folder, 'result.json'))) return { status: 'finished' };
  return { status: 'interrupted', reason: `it has no ${fileName}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
