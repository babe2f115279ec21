import { createReadStream, createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { UserError } from '../errors.js';

/**
 * Writes the plain files of these names, of a .tar.gz archive, to a folder, without the folders in
 * their names. Nothing else of the archive is written, and no link in it is followed or made.
 *
 * (The package's own extraction writes on after an error, and does not flush.)
 *
 * @param names as in the archive: 'cifar-10-batches-bin/test_batch.bin'
 * @throws UserError if it is no such archive, or one of the names is not in it.
 */
export async function extractFiles(
  archive: string,
  names: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const missing = new Set(names);
  // The first failure, or the caller's signal, stops all that reads and writes.
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
  // The caller deletes what is written after that.
  await Promise.all(writing);
  signal?.throwIfAborted();
  if (stop.signal.aborted) {
    const error: unknown = stop.signal.reason;
    // A full disk or a missing right, not the archive: system calls alone have this property.
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
    `${archive}: expected a whole .tar.gz archive, found ${found}. Get it again.`,
    1,
    { cause },
  );
}
