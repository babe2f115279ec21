import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../errors.js';

const BLOCK = 512;

/**
 * Writes the plain files of these names, of a .tar.gz archive, to a folder, without the folders in
 * their names. For archives whose checksum is known: it reads the plain form that they have, and
 * not every kind of archive there is.
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
  const gunzip = createGunzip();
  const extract = async () => {
    const bytes = byteReader(gunzip);
    for (let header = await bytes.block(); header?.[0]; header = await bytes.block()) {
      const { name, size } = readHeader(header, archive);
      await copyEntry(bytes.parts(size), missing.delete(name) && join(folder, basename(name)));
      await copyEntry(bytes.parts(-size & (BLOCK - 1)), false);
    }
    // To the end, where gzip has a checksum.
    await copyEntry(bytes.parts(Infinity), false);
  };
  try {
    const flow = pipeline(createReadStream(archive), gunzip, ...(signal ? [{ signal }] : []));
    const work = extract().finally(() => gunzip.destroy());
    // Both have to end, also if one fails: the caller deletes what is written after that.
    await Promise.allSettled([flow, work]);
    await work;
    await flow;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw damaged(archive, (error as Error).message, error);
  }
  if (missing.size > 0) throw damaged(archive, `no ${[...missing].join(', ')} in it`);
}

/** Writes the parts to a new file, or nowhere. */
async function copyEntry(parts: AsyncIterable<Buffer>, path: string | false): Promise<void> {
  const file = path === false ? undefined : await open(path, 'wx');
  try {
    for await (const part of parts) await file?.writeFile(part);
    await file?.sync();
  } finally {
    await file?.close();
  }
}

/** Name and size in bytes of an entry; the name is empty where it is no plain file. */
function readHeader(header: Buffer, archive: string): { name: string; size: number } {
  const text = (from: number, to: number) =>
    header.toString('latin1', from, to).replace(/\0[^]*/, '');
  const size = text(124, 136).trim();
  if (text(257, 262) !== 'ustar' || !/^[0-7]+$/.test(size)) {
    throw damaged(archive, 'no header where one should be');
  }
  const isFile = ['', '0'].includes(text(156, 157));
  return { name: isFile ? text(0, 100) : '', size: Number.parseInt(size, 8) };
}

/** Reads bytes in portions of the reader's choice. */
function byteReader(chunks: AsyncIterable<Buffer>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  /** The next bytes, in pieces; fewer at the archive's end. */
  async function* parts(count: number): AsyncGenerator<Buffer> {
    while (count > 0) {
      if (rest.length === 0) {
        const next = await iterator.next();
        if (next.done) return;
        rest = next.value;
      }
      const part = rest.subarray(0, count);
      rest = rest.subarray(part.length);
      count -= part.length;
      yield part;
    }
  }

  /** The next block; nothing at the archive's end. */
  async function block(): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for await (const part of parts(BLOCK)) pieces.push(part);
    const whole = Buffer.concat(pieces);
    return whole.length === BLOCK ? whole : undefined;
  }

  return { parts, block };
}

function damaged(archive: string, found: string, cause?: unknown): UserError {
  return new UserError(
    `${archive}: expected a whole .tar.gz archive, found ${found}. Get it again.`,
    1,
    { cause },
  );
}
