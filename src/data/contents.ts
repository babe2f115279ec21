import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { UserError } from '../errors.js';
import { fileSize, unreadable } from './folder.js';

const inflate = promisify(gunzip);

/** Node reads less than 2 GiB at once. */
const mostAtOnce = 2 ** 30;

/** Enough for any header; 4 KiB of gzip expand to at most 4 MiB. */
const headBytes = 4096;

/**
 * The size of the contents in bytes, derived from their first bytes (at most headBytes, possibly none)
 * before memory is allocated for the rest.
 *
 * @throws UserError if these bytes do not start the expected contents
 */
export type Measure = (head: Uint8Array) => number;

/**
 * Read a file, or decompress a file named *.gz. The file is not trusted: memory is bounded by twice the size
 * that `measure` accepts, whatever the file's own size.
 *
 * @param expected the expected contents, for error messages: 'the training images of MNIST'
 * @throws UserError if the file cannot be read, is damaged, or does not have the measured size
 */
export async function readContents(
  path: string,
  expected: string,
  measure: Measure,
): Promise<Uint8Array> {
  try {
    // Checked before opening, because opening a named pipe would block.
    await fileSize(path, expected);
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const head = await readStart(file, Math.min(size, headBytes), path);
      const opened = { file, path, size, head };
      return path.endsWith('.gz') ? await expand(opened, measure) : await readRaw(opened, measure);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error, path, expected);
  }
}

/** A file and its first bytes. */
interface Opened {
  readonly file: FileHandle;
  readonly path: string;
  /** Size on disk, in bytes. */
  readonly size: number;
  readonly head: Uint8Array;
}

async function readRaw(opened: Opened, measure: Measure): Promise<Uint8Array> {
  const { file, path, size, head } = opened;
  const total = measure(head);
  if (size !== total) throw wrongSize(path, `${size} bytes`, total, size < total);
  return readStart(file, total, path);
}

async function expand(opened: Opened, measure: Measure): Promise<Uint8Array> {
  const { file, path, size, head } = opened;
  // The flush makes zlib return the output of an incomplete input.
  const start = await gunzipped(path, head, { finishFlush: constants.Z_SYNC_FLUSH });
  const total = measure(start.subarray(0, headBytes));
  // The largest overhead of compression on incompressible data.
  if (size > total * 1.01 + 65_536) {
    throw wrongSize(path, `${size} compressed bytes`, total, false);
  }
  const compressed = await readStart(file, size, path);
  const contents = await gunzipped(path, compressed, { maxOutputLength: total });
  if (contents.length !== total) {
    throw contents.length < total
      ? wrongSize(path, `${contents.length} bytes`, total, true)
      : wrongSize(path, 'more', total, false);
  }
  return contents;
}

async function gunzipped(
  path: string,
  bytes: Uint8Array,
  options: { finishFlush?: number; maxOutputLength?: number },
): Promise<Uint8Array> {
  try {
    return await inflate(bytes, { chunkSize: 1 << 18, ...options });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw wrongSize(path, 'more', options.maxOutputLength ?? 0, false);
    }
    if (!code.startsWith('Z_')) throw error;
    throw new UserError(
      `${path}: expected a complete gzip file, found a damaged or truncated one ` +
        `(${(error as Error).message}). Get the file again; if it is not compressed, remove .gz from its name.`,
      1,
      { cause: error },
    );
  }
}

/** Read the first `length` bytes. @throws UserError if the file is shorter */
async function readStart(file: FileHandle, length: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(length - done, mostAtOnce), done);
    if (bytesRead === 0) throw wrongSize(path, `${done} bytes`, length, true);
    done += bytesRead;
  }
  return bytes;
}

function wrongSize(path: string, found: string, total: number, short: boolean): UserError {
  return new UserError(
    `${path}: expected ${total} bytes, as its header says, found ${found}: the file is ` +
      `${short ? 'truncated' : 'too long'} or its header is damaged. Get the file again.`,
  );
}
