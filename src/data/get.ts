import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.js';
import { fileError } from '../files/file-error.js';
import { withLock } from '../files/lock.js';
import { download, type DownloadOptions, type RemoteFile } from './download.js';
import { fileSize } from './folder.js';
import { writeSums } from './sums.js';
import { extractFiles } from './extract.js';

/** A published archive of a data set. */
export interface Archive extends RemoteFile {
  /** Of the archive, in hexadecimal, as its authors give it. */
  readonly md5: string;
  /** The folder that it unpacks to, and the files in it that are kept. */
  readonly folder: string;
  readonly files: readonly string[];
}

export interface GetOptions extends DownloadOptions {
  /** An archive that is there already, to use instead of the network; it stays. */
  readonly from?: string | undefined;
  /** Is told, once, who is getting an archive into the same folder and has to be waited for. */
  readonly onWaiting?: ((holder: string) => void) | undefined;
}

/**
 * Puts an archive's files into a folder of their own in `parent`, with a list of their checksums. The
 * archive is unpacked only if its checksum is right, and the folder appears with all its files or not
 * at all; a broken download stays in `parent` and is gone on with by the next call. Another process
 * that does the same is waited for.
 *
 * @returns the folder, and whether it was made now.
 * @throws UserError if there is no network, no room, or another archive than the published one.
 */
export async function getArchive(
  archive: Archive,
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

async function make(archive: Archive, folder: string, options: GetOptions): Promise<void> {
  if (options.from !== undefined) {
    await checkChecksum(archive, options.from, options);
    await unpack(archive, options.from, folder, options);
    return;
  }
  const part = `${folder}.tar.gz.part`;
  await download(archive, part, options);
  try {
    await checkChecksum(archive, part, options);
  } catch (error) {
    // Nothing that is added to it will make it right.
    if (error instanceof UserError) await rm(part, { force: true });
    throw error;
  }
  await unpack(archive, part, folder, options);
  await rm(part, { force: true });
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

/** Into a folder beside, which then gets its name. */
async function unpack(
  { folder: name, files }: Archive,
  path: string,
  folder: string,
  { signal }: GetOptions,
): Promise<void> {
  const parent = dirname(folder);
  const prefix = `${name}.unpacking`;
  // One that was killed may have left its own.
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(prefix)) await rm(join(parent, entry), { recursive: true, force: true });
  }
  const staging = join(parent, `${prefix}-${randomUUID()}`);
  try {
    await mkdir(staging);
    const names = files.map((file) => `${name}/${file}`);
    await extractFiles(path, names, staging, signal);
    await writeSums(staging, files, signal);
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Does work that writes to a folder, with errors for the user if that is not possible. */
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
