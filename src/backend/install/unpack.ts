import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../errors.js';
import type { ManifestFile } from './manifest.js';

export interface UnpackOptions {
  /** Patterns of the member paths to unpack. */
  readonly wanted: readonly RegExp[];
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes written. */
  readonly written?: (bytes: number) => void;
}

/** Total size in bytes of a wheel's wanted members when unpacked. */
export async function unpackedSize(wheel: string, wanted: readonly RegExp[]): Promise<number> {
  let size = 0;
  await eachEntry(wheel, { wanted }, (entry) => {
    size += entry.uncompressedSize;
    return Promise.resolve();
  });
  return size;
}

/**
 * Unpack the wanted members of a wheel into a folder, as a stream, and check each length and CRC. Nothing is
 * written outside the folder: yauzl rejects absolute paths, `..` and backslashes, and links become plain
 * files.
 *
 * @returns the files written, with paths relative to the folder
 * @throws UserError if the file is not a complete wheel
 */
export async function unpack(
  wheel: string,
  folder: string,
  options: UnpackOptions,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  await eachEntry(wheel, options, async (entry, zip) => {
    const target = join(folder, entry.fileName);
    await mkdir(dirname(target), { recursive: true });
    const hash = createHash('sha256');
    let crc = 0;
    const inspect = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        crc = crc32(chunk, crc);
        options.written?.(chunk.length);
        done(null, chunk);
      },
    });
    // NVIDIA's tools (ptxas) are executable; attributes have Unix permissions in the upper half.
    const mode = ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o644 : 0o755;
    await pipeline(
      await zip.openReadStreamPromise(entry),
      inspect,
      createWriteStream(target, { flags: 'wx', mode }),
      { signal: options.signal },
    );
    if (crc !== entry.crc32) throw new Error(`${entry.fileName} has a wrong checksum`);
    files.push({ path: entry.fileName, size: entry.uncompressedSize, sha256: hash.digest('hex') });
  });
  return files;
}

/** Visit the wanted files in order. @throws UserError for an invalid archive */
async function eachEntry(
  wheel: string,
  { wanted, signal }: UnpackOptions,
  visit: (entry: Entry, zip: ZipFile) => Promise<void>,
): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(wheel);
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const isFolder = entry.fileName.endsWith('/');
      if (!isFolder && wanted.some((pattern) => pattern.test(entry.fileName))) {
        await visit(entry, zip);
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || isDisk(error)) throw error;
    throw damaged(wheel, error.message);
  } finally {
    zip?.close();
  }
}

/**
 * Whether the disk or a permission caused an error, not the archive: only system calls set these properties.
 * EEXIST is the archive's fault: two members share a name, or one is a file where another needs a folder.
 */
function isDisk(error: Error): boolean {
  return 'syscall' in error && 'code' in error && error.code !== 'EEXIST';
}

function damaged(wheel: string, why: string): UserError {
  return new UserError(
    `${basename(wheel)} is not a complete wheel: ${why}. Expected an archive as PyPI provides it: download it again.`,
  );
}
