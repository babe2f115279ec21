import { execFile } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Dataset } from '../../data/dataset.js';
import { jsonLines } from '../../files/json-file.js';
import { explainWriteErrors } from '../../files/write-file.js';

const schema = z.object({
  /** By the clock, as in `2026-11-26T06:34:42.000Z`. */
  started: z.string(),
  /** Its words, `bbits` first. */
  command: z.array(z.string()),
  /** Earlier versions wrote no more than that. */
  machine: z.string().exactOptional(),
  /** Where the command was called. */
  workingFolder: z.string().exactOptional(),
  /** The commit that was checked out there, with `-dirty` if files differed; absent: no repository. */
  commit: z.string().exactOptional(),
  /** Where the data's files lay. */
  dataFolders: z.array(z.string()).exactOptional(),
  /** Where the run lay that it starts from. */
  from: z.string().exactOptional(),
  /** Where the run lay that it learns from. */
  teacher: z.string().exactOptional(),
});

/**
 * `invocations.jsonl`: each time that the run was started or went on, with which command, and where. It
 * decides nothing, and is never compared.
 */
export const invocationsFile = jsonLines('invocations.jsonl', 2 ** 24, schema);

/** What a run is started with. */
interface Invocation {
  readonly command: readonly string[];
  readonly dataset: Pick<Dataset, 'files'>;
  readonly from?: string | undefined;
  readonly teacher?: { readonly run: string } | undefined;
}

/** @throws UserError if it cannot be written */
export async function addInvocation(
  folder: string,
  { command, dataset, from, teacher }: Invocation,
): Promise<void> {
  const path = join(folder, invocationsFile.name);
  const commit = await checkedOutCommit();
  const line = invocationsFile.encode({
    started: new Date().toISOString(),
    command,
    machine: hostname(),
    workingFolder: process.cwd(),
    ...(commit === undefined ? {} : { commit }),
    dataFolders: [...new Set(dataset.files.map(({ path }) => dirname(path)))],
    ...(from === undefined ? {} : { from }),
    ...(teacher === undefined ? {} : { teacher: teacher.run }),
  });
  await explainWriteErrors(path, () => appendFile(path, line));
}

/** Undefined outside a repository, without git, or where git takes too long over it. */
async function checkedOutCommit(): Promise<string | undefined> {
  const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  // Without its lock, which a commit of the user's may want at that moment.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
  const found = await run('git', args, { timeout: 5000, env }).catch(() => undefined);
  return found?.stdout.trim();
}

const run = promisify(execFile);
