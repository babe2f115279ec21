import { shortDigest } from '../../files/checksum.js';
import { parseJson } from '../../files/read-bounded.js';
import type { RunSummary } from '../../runs/run-summary.js';
import { mostBytes, readKept, writeKept, type KeptFile } from './kept-file.js';

/** Summaries of the runs in one folder, by their names. */
export interface Store {
  readonly file: KeptFile;
  /** Undefined unless the run's files have that stamp. */
  get(name: string, stamp: string): RunSummary | undefined;
  set(name: string, stamp: string, run: RunSummary): void;
  /** Its lines, if they are others than in its file. */
  changed(): readonly string[] | undefined;
}

/** A line: the run's name, its files' stamp, and what was read of them. */
interface Line {
  readonly stamp: string;
  readonly text: string;
}

/** Reads the file of a folder of runs. */
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

/** Writes a folder's file if it is another one. */
export async function writeStore(store: Store): Promise<void> {
  const lines = store.changed();
  if (lines === undefined) return;
  await writeKept(store.file, Buffer.from(withinBounds(lines).join('\n')));
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
