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
  /** Start of the command, as in `2026-11-26T06:34:42.000Z`. */
  started: z.string(),
  /** Its arguments, `bbits` first. */
  command: z.array(z.string()),
  /** This and everything below is absent in earlier versions. */
  machine: z.string().exactOptional(),
  /** Working directory of the command. */
  workingFolder: z.string().exactOptional(),
  /** The commit checked out there, with `-dirty` if files differed; absent outside a repository. */
  commit: z.string().exactOptional(),
  /** Folders of the data files. */
  dataFolders: z.array(z.string()).exactOptional(),
  /** Folder of the parent run. */
  from: z.string().exactOptional(),
  /** Folder of the teacher run. */
  teacher: z.string().exactOptional(),
});

/**
 * `invocations.jsonl`: the command, time and place of each start or resumption of the run. It is
 * informational, and never compared.
 */
export const invocationsFile = jsonLines('invocations.jsonl', 2 ** 24, schema);

/** Inputs that a run is started with. */
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

/** The commit of the working directory; undefined outside a repository, without git, or on a timeout. */
async function checkedOutCommit(): Promise<string | undefined> {
  const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  // Without git's lock, which a concurrent commit of the user may need.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
  const found = await run('git', args, { timeout: 5000, env }).catch(() => undefined);
  return found?.stdout.trim();
}

const run = promisify(execFile);
