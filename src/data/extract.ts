import { createReadStream, createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { UserError } from '../errors.js';

/**
 * Extract the plain files with the given names from a .tar.gz archive to a folder, without the folders in
 * their names. All other members are skipped, and links are neither followed nor created.
 *
 * (The tar package's own extraction continues to write after an error and does not flush.)
 *
 * @param names as in the archive: 'cifar-10-batches-bin/test_batch.bin'
 * @throws UserError if the archive is invalid or lacks one of the names
 */
export async function extractFiles(
  archive: string,
  names: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const missing = new Set(names);
  // The first failure or the caller's signal stops all reading and writing.
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const stopAtFailure = (error: unknown) => {
    stop.abort(error);
  };
  const writing: Promise<void>[] = [];
  const parser = new Parser({
    strict: true,
    filter: (name, entry) => isPlainFile(entry as ReadEntry) && missing.delete(name),
    onReadEntry(entry) {
      const path = join(folder, basename(entry.path));
      const file = createWriteStream(path, { flags: 'wx', flush: true });
      writing.push(pipeline(entry, file, { signal: stopped }).catch(stopAtFailure));
    },
  });
  await pipeline(createReadStream(archive), parser, { signal: stopped }).catch(stopAtFailure);
  // The caller deletes the folder after an error, so all writes must have ended.
  await Promise.all(writing);
  signal?.throwIfAborted();
  if (stop.signal.aborted) {
    const error: unknown = stop.signal.reason;
    // Only system calls set this property: the disk or a permission is the cause, not the archive.
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    throw damaged(archive, error.message, error);
  }
  if (missing.size > 0) throw damaged(archive, `no ${[...missing].join(', ')} in it`);
}

function isPlainFile({ type }: ReadEntry): boolean {
  return type === 'File' || type === 'OldFile';
}

function damaged(archive: string, found: string, cause?: unknown): UserError {
  return new UserError(
    `${archive}: expected a complete .tar.gz archive, found ${found}. Get it again.`,
    1,
    { cause },
  );
}
