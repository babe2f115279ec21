import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { lockHolder } from '../../files/lock.js';
import { resultFile } from './result-file.js';

const schema = z.object({
  status: z.enum(['running', 'finished', 'failed', 'diverged', 'interrupted']),
  /** Why it ended before its end. */
  reason: z.string().optional(),
  /** While it goes on: which process it is, and on which machine. */
  pid: z.int().optional(),
  host: z.string().optional(),
});

/** How far a run has come. */
export type RunStatus = Pick<Decoded<typeof schema>, 'status' | 'reason'>;

export const statusFile = jsonFile('status.json', 2 ** 20, schema);

/** Writes `status.json`. A run that goes on says which process it is. */
export async function writeStatus(folder: string, status: RunStatus): Promise<void> {
  const process_ = status.status === 'running' ? { pid: process.pid, host: hostname() } : {};
  await writeJson(folder, statusFile, { ...status, ...process_ });
}

/**
 * What `status.json` says. A run that nobody holds the lock of was interrupted, whatever it says; so was
 * one without the file and without a result.
 */
export async function readStatus(folder: string): Promise<RunStatus> {
  const text = await readText(folder, statusFile).catch(() => undefined);
  if (text === undefined) return withoutFile(folder);
  const { success, data } = statusFile.decode(text);
  if (!success) return { status: 'failed', reason: `its ${statusFile.name} is damaged` };
  const { status, reason, pid, host } = data;
  if (status === 'running' && (await lockHolder(folder)) === undefined) {
    return { status: 'interrupted', reason: `its process (${pid ?? '?'}@${host ?? '?'}) is gone` };
  }
  return { status, reason };
}

/** The result is written last. */
function withoutFile(folder: string): RunStatus {
  if (existsSync(join(folder, resultFile.name))) return { status: 'finished' };
  return { status: 'interrupted', reason: `it has no ${statusFile.name}` };
}
