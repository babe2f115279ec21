import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile, readText, writeJson, type Decoded } from '../../files/json-file.js';
import { lockHolder } from '../../files/lock.js';
import { resultFile } from './result-file.js';

const schema = z.object({
  status: z.enum(['running', 'finished', 'failed', 'diverged', 'interrupted']),
  /** Why it stopped before its end. */
  reason: z.string().optional(),
  /** While it is running: its process and machine. */
  pid: z.int().optional(),
  host: z.string().optional(),
});

/** State of a run. */
export type RunStatus = Pick<Decoded<typeof schema>, 'status' | 'reason'>;

export const statusFile = jsonFile('status.json', 2 ** 20, schema);

/** Write `status.json`, with process and machine if the run is running. */
export async function writeStatus(folder: string, status: RunStatus): Promise<void> {
  const runningIn = status.status === 'running' ? { pid: process.pid, host: hostname() } : {};
  await writeJson(folder, statusFile, { ...status, ...runningIn });
}

/**
 * Read `status.json`. A run marked as running whose lock nobody holds was interrupted; so was a run with
 * neither this file nor a result.
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

/** The status without `status.json`: a run with a result, which is written at its end, has finished. */
function withoutFile(folder: string): RunStatus {
  if (existsSync(join(folder, resultFile.name))) return { status: 'finished' };
  return { status: 'interrupted', reason: `it has no ${statusFile.name}` };
}
