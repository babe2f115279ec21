import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of, shortDigest } from '../../files/checksum.js';
import { parseJson, readBounded } from '../../files/read-bounded.js';
import { writeWhole } from '../../files/write-file.js';
import type { RunSummary } from '../../runs/run-summary.js';

/** Summaries of the runs in one folder, by their names. */
export interface Store {
  readonly parent: string;
  /** Undefined unless the run's files have that stamp. */
  get(name: string, stamp: string): RunSummary | undefined;
  set(name: string, stamp: string, run: RunSummary): void;
  /** Its lines, if they are others than in its file. */
  changed(): readonly string[] | undefined;
}

/** No larger file is kept. */
const mostBytes = 2 ** 27;
/** All files together have no more after a report. */
const mostBytesOfAll = 2 ** 28;

/** A line: the run's name, its files' stamp, and what was read of them. */
interface Line {
  readonly stamp: string;
  readonly text: string;
}

/**
 * Reads the file of a folder; what is not whole, or was written by another bbits, counts as nothing. Its first
 * line has who wrote it and the checksum of the others.
 */
export async function readStore(root: string, parent: string, by: string): Promise<Store> {
  const lines = new Map<string, Line>();
  const path = pathOf(root, parent);
  const bytes = await readBounded(path, mostBytes).catch(() => undefined);
  const end = bytes?.indexOf('\n') ?? -1;
  if (bytes && bytes.toString('utf8', 0, end) === head(by, bytes.subarray(end + 1))) {
    for (const text of bytes.toString('utf8', end + 1).split('\n')) {
      const [name, stamp] = (parseJson(text.slice(0, text.indexOf('\t'))) ?? []) as string[];
      if (name !== undefined && stamp !== undefined) lines.set(name, { stamp, text });
    }
    // The one that was used last goes last.
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
  }
  let isChanged = false;
  return {
    parent,
    get(name, stamp) {
      const line = lines.get(name);
      if (line?.stamp !== stamp) return undefined;
      return parseJson(line.text.slice(line.text.indexOf('\t') + 1)) as RunSummary | undefined;
    },
    set(name, stamp, run) {
      const summary = exactJson(run);
      if (summary === undefined) return;
      // A run that was read again has its place at the end.
      lines.delete(name);
      lines.set(name, { stamp, text: `${JSON.stringify([name, stamp])}\t${summary}` });
      isChanged = true;
    },
    changed: () => (isChanged ? [...lines.values()].map(({ text }) => text) : undefined),
  };
}

/** Undefined where JSON would be something else: it has no number that is not finite. */
function exactJson(run: RunSummary): string | undefined {
  const lost: number[] = [];
  const text = JSON.stringify(run, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) lost.push(value);
    return value;
  });
  return lost.length === 0 ? text : undefined;
}

/** Writes a folder's file if it is another one, and drops the files that were used longest ago. */
export async function writeStore(root: string, store: Store, by: string): Promise<void> {
  const lines = store.changed();
  if (lines === undefined) return;
  const body = Buffer.from(withinBounds(lines).join('\n'));
  try {
    await mkdir(root, { recursive: true });
    await writeWhole(
      pathOf(root, store.parent),
      Buffer.concat([Buffer.from(`${head(by, body)}\n`), body]),
    );
    await dropOldest(root);
  } catch {
    // A full disk, or a home in which nothing can be written: the next report reads the runs again.
  }
}

/** The youngest lines that there is room for. */
function withinBounds(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostBytes - 1000) break;
    kept.push(line);
  }
  return kept.reverse();
}

async function dropOldest(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => name.endsWith('.jsonl'));
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

function pathOf(root: string, parent: string): string {
  return join(root, `${shortDigest(parent)}.jsonl`);
}
