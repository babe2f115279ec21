import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../errors.js';
import type { ManifestFile } from './manifest.js';

export interface UnpackOptions {
  /** Members whose path matches one of these are unpacked; all others are left alone. */
  wanted: readonly RegExp[];
  signal?: AbortSignal | undefined;
  /** Called as bytes are written. */
  written?: (bytes: number) => void;
}

/** Size in bytes that the wanted members of a wheel take on the disk. */
export async function unpackedSize(wheel: string, wanted: readonly RegExp[]): Promise<number> {
  let size = 0;
  await eachEntry(wheel, wanted, (entry) => {
    size += entry.uncompressedSize;
    return Promise.resolve();
  });
  return size;
}

/**
 * Unpacks the wanted members of a wheel into a folder, streaming, and checks each one's length and
 * CRC. Nothing is written outside the folder: yauzl refuses absolute paths, `..` and backslashes, and
 * a link in the archive becomes a plain file.
 *
 * @returns The files written, with paths relative to the folder.
 * @throws UserError where the file is not a complete wheel.
 */
export async function unpack(
  wheel: string,
  folder: string,
  options: UnpackOptions,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  await eachEntry(wheel, options.wanted, async (entry, zip) => {
    options.signal?.throwIfAborted();
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
    // Tools of NVIDIA's (ptxas) are programs; the archive keeps Unix permissions in the upper half.
    const mode = ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o644 : 0o755;
    await pipeline(
      await zip.openReadStreamPromise(entry),
      inspect,
      createWriteStream(target, { flags: 'wx', mode }),
      { signal: options.signal },
    );
    if (crc !== entry.crc32) throw damaged(wheel, `${entry.fileName} has a wrong checksum`);
    files.push({ path: entry.fileName, size: entry.uncompressedSize, sha256: hash.digest('hex') });
  });
  return files;
}

async function eachEntry(
  wheel: string,
  wanted: readonly RegExp[],
  visit: (entry: Entry, zip: ZipFile) => Promise<void>,
): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(wheel);
    for await (const entry of zip.eachEntry()) {
      if (wanted.some((pattern) => pattern.test(entry.fileName))) await visit(entry, zip);
    }
  } catch (error) {
    throw isZipError(error) ? damaged(wheel, error.message) : error;
  } finally {
    zip?.close();
  }
}

/** yauzl's and zlib's complaints about content; errors of the file system have another code. */
function isZipError(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof UserError || error.name === 'AbortError') {
    return false;
  }
  return !('code' in error) || String(error.code).startsWith('Z_');
}

function damaged(wheel: string, why: string): UserError {
  return new UserError(
    `${basename(wheel)} is not a complete wheel: ${why}. It was cut off or changed on its way: download it again.`,
  );
}
