import { cp, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Files without which a run cannot be used. */
export const neededFiles = ['weights.safetensors', 'run.json', 'config.yaml'] as const;

/** Copy a run, and truncate one of its files to 60 bytes. @returns the copy's folder */
export async function cutOffRun(run: string, file: string): Promise<string> {
  const damaged = join(await temporaryFolder(), 'run');
  await cp(run, damaged, { recursive: true });
  await truncate(join(damaged, file), 60);
  return damaged;
}
