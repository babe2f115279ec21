import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../../files/checksum.js';
import { readBounded } from '../../files/read-bounded.js';
import { userCache } from '../../files/user-cache.js';
import { writeWhole } from '../../files/write-file.js';

/** A cache file. Its first line holds the writer's stamp and the checksum of the rest. */
export interface KeptFile {
  /** The cache's folder. */
  readonly root: string;
  readonly name: string;
  /** Stamp of the writer: files of another build of bbits are ignored, as their meaning may differ. */
  readonly by: string;
}

/** Maximum size of a file. */
const mostBytes = 2 ** 27;
/** Maximum size without the first line, for which 1000 bytes are more than enough. */
export const mostBytesOfBody = mostBytes - 1000;
/** Maximum size of all files together after a report. */
const mostBytesOfAll = 2 ** 28;

/** The user's cache of reports. */
export function reportsCache(): string {
  return join(userCache(), 'reports');
}

/** Names of cache files, including half-written ones that a killed process left. */
export const keptNames = /^[0-9a-f]{16}\.(?:jsonl|drawn)(?:\.tmp)?$/;

/** Read a cache file; undefined if it is missing, damaged or written by another build. */
export async function readKept({ root, name, by }: KeptFile): Promise<Buffer | undefined> {
  const path = join(root, name);
  const bytes = await readBounded(path, mostBytes).catch(() => undefined);
  const end = bytes?.indexOf('\n') ?? -1;
  const body = bytes?.subarray(end + 1);
  if (!bytes || !body || bytes.toString('utf8', 0, end) !== head(by, body)) return undefined;
  // Mark as used: the least recently used files are removed first.
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
  return body;
}

/** Write a cache file, unless it is too large to be read back; then remove the least recently used ones. */
export async function writeKept({ root, name, by }: KeptFile, body: Buffer): Promise<void> {
  if (body.length > mostBytesOfBody) return;
  try {
    await mkdir(root, { recursive: true });
    await writeWhole(join(root, name), Buffer.concat([Buffer.from(`${head(by, body)}\n`), body]));
    await dropOldest(root);
  } catch {
    // On a full disk or in a read-only home, the next report does the work again.
  }
}

async function dropOldest(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => keptNames.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  let bytes = 0;
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    bytes += size;
    if (bytes > mostBytesOfAll) await rm(path, { force: true });
  }
}

function head(by: string, body: Buffer): string {
  return JSON.stringify({ by, sha256: sha256Of(body) });
}
