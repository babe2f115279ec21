import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { listed, readFolder } from './folder.js';
import { shell } from '../text/shell.js';

/** Where a data set's files may be, and other formats that users may have instead. */
export interface CifarFolder {
  readonly title: string;
  /** The folder in the published archive, such as 'cifar-10-batches-bin'. */
  readonly name: string;
  /** The published archive, such as 'cifar-10-binary.tar.gz'. */
  readonly archive: string;
  /** The command that downloads it, if there is one. */
  readonly command?: string;
  /** The folder, archive or files of versions published for other programs. */
  readonly otherVersions: Readonly<Record<'Python' | 'Matlab', readonly string[]>>;
}

/**
 * The folder that contains all of `names`: the path itself, or the archive's folder in it.
 *
 * @throws UserError if neither does; it says what the path contains and which files are needed
 */
export async function findCifarFolder(
  spec: CifarFolder,
  names: readonly string[],
  path: string,
): Promise<string> {
  const holds = `the files of ${spec.title} (${names.join(', ')})`;
  const entries = await readFolder(path, holds, todo(spec, path, []));
  if (has(entries, names)) return path;
  const inner = join(path, spec.name);
  const unpacked = entries.some(({ name }) => name === spec.name);
  const innerEntries = unpacked ? await readFolder(inner, holds) : [];
  if (has(innerEntries, names)) return inner;
  throw missing(spec, names, unpacked ? inner : path, unpacked ? innerEntries : entries);
}

function has(entries: readonly Dirent[], names: readonly string[]): boolean {
  return missingFrom(entries, names).length === 0;
}

function missingFrom(entries: readonly Dirent[], names: readonly string[]): string[] {
  const present = new Set(entries.map(({ name }) => name));
  return names.filter((name) => !present.has(name));
}

function missing(
  spec: CifarFolder,
  names: readonly string[],
  folder: string,
  entries: readonly Dirent[],
): UserError {
  const missed = missingFrom(entries, names);
  const is = missed.length === 1 ? 'which is not there' : 'which are not there';
  return new UserError(
    `${folder}: expected ${missed.join(', ')}, ${is}; found ${found(spec, entries)} ${todo(spec, folder, entries)}`,
  );
}

function found({ title, otherVersions }: CifarFolder, entries: readonly Dirent[]): string {
  const other = Object.entries(otherVersions).find(([, theirs]) =>
    entries.some(({ name }) => theirs.includes(name)),
  );
  return other ? `${title} for ${other[0]}, which is another format.` : `${listed(entries)}.`;
}

function todo(
  { archive, name, command }: CifarFolder,
  folder: string,
  entries: readonly Dirent[],
): string {
  if (entries.some((entry) => entry.name === archive)) {
    return shell`Unpack it there: tar -xzf ${join(folder, archive)} -C ${folder}`;
  }
  return (
    `Get the binary version, ${archive} from https://www.cs.toronto.edu/~kriz/cifar.html, and ` +
    `unpack it there (this makes the folder ${name}), or set the data set's path to the folder that ` +
    `has the files.${command === undefined ? '' : ` To download it: ${command}`}`
  );
}
