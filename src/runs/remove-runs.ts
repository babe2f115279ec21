import { lstat, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { findRuns, isRunFolder } from './find-runs.js';
import { readStatus } from './folder/status-file.js';
import { shell } from '../text/shell.js';

/**
 * Resolve names to the folders of runs to remove.
 *
 * @param folder the folder that contains them
 * @param names as listed by `bbits runs`, or paths
 * @throws UserError listing, one per line, what cannot be removed: folders that are not runs, runs elsewhere,
 *   and running ones
 */
export async function removableRuns(folder: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => examine(folder, name)));
  const refusals = found.flatMap((each) => ('refusal' in each ? [each.refusal] : []));
  if (refusals.length > 0) {
    throw new UserError([...refusals, 'Nothing was removed.'].join('\n'));
  }
  return [...new Set(found.flatMap((each) => ('path' in each ? [each.path] : [])))];
}

type Examined = { readonly path: string } | { readonly refusal: string };

async function examine(folder: string, name: string): Promise<Examined> {
  const refuse = (found: string, todo: string) => ({
    refusal: `${name}: expected the folder of a run in ${folder}, found ${found}. ${todo}`,
  });
  const look = shell`To list them: bbits runs ${folder}`;
  const path = await whichPath(folder, name);
  if (path === undefined) return refuse('no such folder', look);
  const found = await lstat(path);
  if (found.isSymbolicLink()) return refuse('a symbolic link', 'Remove it yourself.');
  if (!found.isDirectory()) return refuse('a file', look);
  // Symbolic links in between are resolved as well.
  const inside = relative(await realpath(folder), await realpath(path));
  if (inside === '' || isOutside(inside)) {
    return refuse(inside === '' ? 'that folder itself' : 'one in another folder', look);
  }
  if (!(await isRunFolder(path))) {
    const { folders } = await findRuns([path]);
    return refuse(
      folders.length === 0
        ? 'a folder that is not a run'
        : `a folder with ${folders.length} runs in it`,
      folders.length === 0 ? look : 'Name the runs.',
    );
  }
  const { status } = await readStatus(path);
  if (status === 'running') return refuse('one that is running', 'Stop it first.');
  return { path };
}

/** A name is relative to the folder or, if the shell has completed it, to the working directory. */
async function whichPath(folder: string, name: string): Promise<string | undefined> {
  for (const path of [resolve(folder, name), resolve(name)]) {
    if (
      await lstat(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

function isOutside(path: string): boolean {
  return isAbsolute(path) || path.split(/[\\/]/)[0] === '..';
}

/**
 * Remove a run's folder. It is first renamed to a name that no run has, so that an interrupted removal never
 * looks like a whole run.
 *
 * @throws UserError if the file system refuses
 */
export async function removeRun(path: string): Promise<void> {
  const going = join(dirname(path), `.removed-${basename(path)}-${process.pid}`);
  try {
    await rename(path, going);
    await rm(going, { recursive: true, maxRetries: 3 });
  } catch (cause) {
    throw new UserError(`${path}: cannot be removed (${(cause as Error).message}).`, 1, { cause });
  }
}
