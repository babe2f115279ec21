import { shortDigest } from '../../files/checksum.js';
import { parseJson } from '../../files/read-bounded.js';
import type { RunSummary } from '../../runs/run-summary.js';
import { mostBytesOfBody, readKept, writeKept, type KeptFile } from './kept-file.js';

/** Summaries of the runs in one folder, by name. */
export interface Store {
  readonly file: KeptFile;
  /** Undefined unless the run's files have this stamp. */
  get(name: string, stamp: string): RunSummary | undefined;
  set(name: string, stamp: string, run: RunSummary): void;
  /** The lines to write; undefined if nothing has changed. */
  changed(): readonly string[] | undefined;
}

/** A line of the file: the run's name and stamp, and its summary. */
interface Line {
  readonly stamp: string;
  readonly text: string;
}

/** Load the cache file of a folder of runs. */
export async function readStore(root: string, parent: string, by: string): Promise<Store> {
  const lines = new Map<string, Line>();
  const file = { root, name: `${shortDigest(parent)}.jsonl`, by };
  const body = await readKept(file);
  for (const text of body?.toString().split('\n') ?? []) {
    const [name, stamp] = (parseJson(text.slice(0, text.indexOf('\t'))) ?? []) as string[];
    if (name !== undefined && stamp !== undefined) lines.set(name, { stamp, text });
  }
  let isChanged = false;
  return {
    file,
    get(name, stamp) {
      const line = lines.get(name);
      if (line?.stamp !== stamp) return undefined;
      return parseJson(line.text.slice(line.text.indexOf('\t') + 1)) as RunSummary | undefined;
    },
    set(name, stamp, run) {
      const summary = exactJson(run);
      if (summary === undefined) return;
      // Move a run that was read again to the end.
      lines.delete(name);
      lines.set(name, { stamp, text: `${JSON.stringify([name, stamp])}\t${summary}` });
      isChanged = true;
    },
    changed: () => (isChanged ? [...lines.values()].map(({ text }) => text) : undefined),
  };
}

/** Serialize a run; undefined if it has non-finite numbers, which JSON cannot represent. */
function exactJson(run: RunSummary): string | undefined {
  const lost: number[] = [];
  const text = JSON.stringify(run, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) lost.push(value);
    return value;
  });
  return lost.length === 0 ? text : undefined;
}

/** Write a folder's cache file if its lines have changed. */
export async function writeStore(store: Store): Promise<void> {
  const lines = store.changed();
  if (lines === undefined) return;
  await writeKept(store.file, Buffer.from(withinBounds(lines).join('\n')));
}

/** The most recent lines that fit in a file. */
function withinBounds(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostBytesOfBody) break;
    kept.push(line);
  }
  return kept.reverse();
}
