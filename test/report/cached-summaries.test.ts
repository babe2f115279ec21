import {
  chmod,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { cachedSummaries } from '../../src/report/cache/cached-summaries.js';
import { ownStamp } from '../../src/report/cache/stamps.js';
import { summarizeRun } from '../../src/runs/run-summary.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let root: string;
let folder: string;
let runs: string[];
/** The folders that were read. */
let read: string[];

beforeEach(async () => {
  root = join(await temporaryFolder(), 'reports');
  folder = await temporaryFolder();
  runs = ['one', 'two'].map((name) => join(folder, name));
  for (const [index, run] of runs.entries()) {
    await writeFakePoint(run, { mu: 0.1, seed: index, epochs: 2 });
  }
  read = [];
});

/** Pretends that the runs' files are a minute old. */
const summaries = (folders: readonly string[] = runs, laterMs = 60_000) =>
  cachedSummaries(folders, {
    root,
    nowMs: () => Date.now() + laterMs,
    read: (run) => {
      read.push(run);
      return summarizeRun(run);
    },
  });

/** The folders read after a change, when everything was cached before. */
async function readAfter(change: () => Promise<unknown>): Promise<string[]> {
  await summaries();
  await change();
  read = [];
  await summaries();
  return read;
}

test('a cached run is not read again, and has the same summary', async () => {
  const first = await summaries();
  expect(read).toEqual(runs);
  const second = await summaries();
  expect(read).toEqual(runs);
  // Undefined values may be missing.
  expect(second).toEqual(first);
  expect(JSON.stringify(second.map((run) => run.epochs))).toBe(
    JSON.stringify(first.map((run) => run.epochs)),
  );
});

describe('a run is read again', () => {
  const metrics = () => join(runs[1] ?? '', 'metrics.jsonl');

  test('if a file was changed but has the same size and date', async () => {
    const { atime, mtime } = await stat(metrics());
    const text = await readFile(metrics(), 'utf8');
    const change = async () => {
      await writeFile(metrics(), text.replace(/"epoch":1/, '"epoch":3'));
      await utimes(metrics(), atime, mtime);
    };
    expect(await readAfter(change)).toEqual([runs[1]]);
  });

  test('if a file was added, or its permissions changed', async () => {
    const curve = join(runs[0] ?? '', 'sensitivity.json');
    expect(await readAfter(() => writeFile(curve, '{}'))).toEqual([runs[0]]);
    expect(await readAfter(() => chmod(metrics(), 0o600))).toContain(runs[1]);
  });

  test('if it changed so recently that a further change might keep the same date', async () => {
    await summaries(runs, 1000);
    await summaries(runs, 1000);
    expect(read).toEqual([...runs, ...runs]);
  });

  test('if a file is damaged, so that every report mentions it', async () => {
    await writeFile(metrics(), 'x\n', { flag: 'a' });
    const [, first] = await summaries();
    const [, second] = await summaries();
    expect(first?.problems).toEqual([`${metrics()}: line 3 is damaged, and left out`]);
    expect(second?.problems).toEqual(first?.problems);
  });

  test('if one of its numbers is unknown, which JSON cannot express', async () => {
    const result = join(runs[1] ?? '', 'result.json');
    await writeFile(
      result,
      (await readFile(result, 'utf8')).replace(/"loss": .*/, '"loss": null,'),
    );
    await summaries();
    const [, second] = await summaries();
    expect(second?.result?.loss).toBeNaN();
  });

  test('if the cache is damaged or of another version of bbits, and the cache is then repaired', async () => {
    await summaries();
    const [name = ''] = await readdir(root);
    const path = join(root, name);
    const whole = await readFile(path, 'utf8');
    const other = whole.replace(/"by":"\w+"/, '"by":"0123456789abcdef"');
    for (const damaged of ['', whole.slice(0, -100), whole.replace('0.1', '0.2'), other]) {
      await writeFile(path, damaged);
      read = [];
      await summaries();
      expect(read).toEqual(runs);
      expect(await readFile(path, 'utf8')).toBe(whole);
    }
  });
});

test('a cached summary names the folder as given', async () => {
  await summaries();
  const relative = await summaries([join(folder, '.', 'one')]);
  expect(relative[0]?.folder).toBe(runs[0]);
});

test('an unwritable cache only costs time', async () => {
  await writeFile(root, 'a file');
  expect((await summaries()).map(({ status }) => status)).toEqual(['finished', 'finished']);
});

test('the least recently used files are deleted once all exceed 256 MiB', async () => {
  await summaries();
  const [own = ''] = await readdir(root);
  const old = new Date(2020, 1);
  const recent = 'a'.repeat(16);
  // A file of the user's, which does not count.
  await writeFile(join(root, 'b.jsonl'), '');
  for (const [name, megabytes] of [
    [recent, 200],
    ['b'.repeat(16), 100],
  ] as const) {
    const path = join(root, `${name}.jsonl`);
    await writeFile(path, '');
    // A sparse file.
    await truncate(path, megabytes * 2 ** 20);
    await utimes(path, old, new Date(2021, name === recent ? 2 : 1));
  }
  await writeFile(join(runs[0] ?? '', 'x'), '');
  await summaries();
  expect((await readdir(root)).sort()).toEqual([own, `${recent}.jsonl`, 'b.jsonl'].sort());
});

test('a file of bbits that disappears while it is inspected does not abort the report', async () => {
  await writeFile(join(folder, 'there.js'), '');
  const before = ownStamp(folder);
  // Like a file that was deleted after it was listed.
  await symlink(join(folder, 'nowhere.js'), join(folder, 'gone.js'));
  expect(ownStamp(folder)).not.toBe(before);
});
