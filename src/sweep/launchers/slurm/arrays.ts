import { callOrFail } from './call.js';
import { UserError } from '../../../errors.js';

/** The part of a manifest's jobs in one job array, whose indices count from 0. */
export interface JobArray {
  readonly manifest: string;
  /** Index of its first job in the manifest. */
  readonly first: number;
  readonly count: number;
}

/** Split jobs into arrays of at most `most` tasks. */
export function arraysFor(manifest: string, count: number, most: number): JobArray[] {
  const firsts = Array.from({ length: Math.ceil(count / most) }, (_, i) => i * most);
  return firsts.map((first) => ({ manifest, first, count: Math.min(most, count - first) }));
}

/** The name that identifies an array's tasks in the queue. */
export function arrayName({ manifest, first }: JobArray): string {
  return `bbits-${manifest}-${first}`;
}

/** Parse an array's name; undefined if the array is not from bbits. */
export function arrayOf(name: string): Pick<JobArray, 'manifest' | 'first'> | undefined {
  const [, manifest, first] = /^bbits-([0-9a-f]{16})-(\d+)$/.exec(name) ?? [];
  return manifest === undefined ? undefined : { manifest, first: Number(first) };
}

/** The largest number of tasks in an array. @throws UserError if Slurm does not report it */
export async function mostTasks(): Promise<number> {
  const text = await callOrFail('scontrol', ['show', 'config']);
  const most = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1]);
  if (most > 0) return most;
  throw new UserError(
    'scontrol show config: expected MaxArraySize, the length of a job array, and found none. Job arrays are ' +
      'disabled here: use --launcher print.',
  );
}
