import { callOrFail } from './call.js';
import { UserError } from '../../../errors.js';

/** A part of a manifest's jobs that is one job array: indices count from 0 in each. */
export interface JobArray {
  readonly manifest: string;
  /** Of its first job, in the manifest. */
  readonly first: number;
  readonly count: number;
}

/** As many arrays as it takes, none of which has more tasks than Slurm allows. */
export function arraysFor(manifest: string, count: number, most: number): JobArray[] {
  const firsts = Array.from({ length: Math.ceil(count / most) }, (_, i) => i * most);
  return firsts.map((first) => ({ manifest, first, count: Math.min(most, count - first) }));
}

/** By this name an array's tasks are found in the queue. */
export function arrayName({ manifest, first }: JobArray): string {
  return `bbits-${manifest}-${first}`;
}

/** What an array's name says; undefined: it is none of bbits. */
export function arrayOf(name: string): Pick<JobArray, 'manifest' | 'first'> | undefined {
  const [, manifest, first] = /^bbits-([0-9a-f]{16})-(\d+)$/.exec(name) ?? [];
  return manifest === undefined ? undefined : { manifest, first: Number(first) };
}

/** How many tasks an array may have. @throws UserError if Slurm does not say */
export async function mostTasks(): Promise<number> {
  const text = await callOrFail('scontrol', ['show', 'config']);
  const most = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1]);
  if (most > 0) return most;
  throw new UserError(
    'scontrol show config: expected MaxArraySize, the length of a job array, and found none. Job arrays are ' +
      'switched off here: take --launcher print.',
  );
}
