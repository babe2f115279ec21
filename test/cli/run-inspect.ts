import { expect } from 'vitest';
import type { Inspection } from '../../src/inspection/inspection.js';
import { bbits, type Ended } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Run `bbits inspect` as a user without TensorFlow, with an empty cache. */
export async function runInspect(...args: string[]): Promise<Ended> {
  return bbits(['inspect', ...args], { ...process.env, XDG_CACHE_HOME: await temporaryFolder() });
}

export async function inspectJson(...args: string[]): Promise<Inspection> {
  const { code, stdout, stderr } = await runInspect(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Inspection;
}
