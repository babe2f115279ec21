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
/** Which folders were read. */
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

/** As if the runs' files were a minute old. */
const summaries = (folders: readonly string[] = runs, laterMs = 60_000) =>
  cachedSummaries(folders, {
    root,
    nowMs: () => Date.now() + laterMs,
    read: (run) => {
      read.push(run);
      return summarizeRun(run);
    },
  });

/** What is read now, after all was in the cache. */
async function readAfter(change: () => Promise<unknown>): Promise<string[]> {
  await summaries();
  await change();
  read = [];
  await summaries();
  return read;
}

test('what was read is not read again, and is the same', async () => {
  const first = await summaries();
  expect(read).toEqual(runs);
  const second = await summaries();
  expect(read).toEqual(runs);
  // What is undefined may be absent.
  expect(second).toEqual(first);
  expect(JSON.stringify(second.map((run) => run.epochs))).toBe(
    JSON.stringify(first.map((run) => run.epochs)),
  );
});

describe('a run is read again', () => {
  const metrics = () => join(runs[1] ?? '', 'metrics.jsonl');

  test('where a file was changed, though its size and date are the same', async () => {
    const { atime, mtime } = await stat(metrics());
    const text = await readFile(metrics(), 'utf8');
    const change = async () => {
      await writeFile(metrics(), text.replace(/"epoch":1/, '"epoch":3'));
      await utimes(metrics(), atime, mtime);
    };
    expect(await readAfter(change)).toEqual([runs[1]]);
  });

  test('where a file came, or may be read by others now', async () => {
    const curve = join(runs[0] ?? '', 'sensitivity.json');
    expect(await readAfter(() => writeFile(curve, '{}'))).toEqual([runs[0]]);
    expect(await readAfter(() => chmod(metrics(), 0o600))).toContain(runs[1]);
  });

  test('where it was changed so shortly before that another change might not show', async () => {
    await summaries(runs, 1000);
    await summaries(runs, 1000);
    expect(read).toEqual([...runs, ...runs]);
  });

  test('where something is wrong with it, so that each report tells', async () => {
    await writeFile(metrics(), 'x\n', { flag: 'a' });
    const [, first] = await summaries();
    const [, second] = await summaries();
    expect(first?.problems).toEqual([`${metrics()}: line 3 is damaged, and left out`]);
    expect(second?.problems).toEqual(first?.problems);
  });

  test('where a number of it is not known, which JSON has no word for', async () => {
    const result = join(runs[1] ?? '', 'result.json');
    await writeFile(
      result,
      (await readFile(result, 'utf8')).replace(/"loss": .*/, '"loss": null,'),
    );
    await summaries();
    const [, second] = await summaries();
    expect(second?.result?.loss).toBeNaN();
  });

  test('where the cache is damaged, or of another bbits, and then it is whole again', async () => {
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

test('a run in a folder of another name has its own in its summary', async () => {
  await summaries();
  const relative = await summaries([join(folder, '.', 'one')]);
  expect(relative[0]?.folder).toBe(runs[0]);
});

test('a cache that cannot be written costs nothing but time', async () => {
  await writeFile(root, 'a file');
  expect((await summaries()).map(({ status }) => status)).toEqual(['finished', 'finished']);
});

test('files that were used longest ago go, once all have more than 256 MiB', async () => {
  await summaries();
  const [own = ''] = await readdir(root);
  const old = new Date(2020, 1);
  const recent = 'a'.repeat(16);
  // One of the user's own, which counts for nothing.
  await writeFile(join(root, 'b.jsonl'), '');
  for (const [name, megabytes] of [
    [recent, 200],
    ['b'.repeat(16), 100],
  ] as const) {
    const path = join(root, `${name}.jsonl`);
    await writeFile(path, '');
    // Without blocks on the disk.
    await truncate(path, megabytes * 2 ** 20);
    await utimes(path, old, new Date(2021, name === recent ? 2 : 1));
  }
  await writeFile(join(runs[0] ?? '', 'x'), '');
  await summaries();
  expect((await readdir(root)).sort()).toEqual([own, `${recent}.jsonl`, 'b.jsonl'].sort());
});

test('a file of bbits that goes while it is looked at ends no report', async () => {
  await writeFile(join(folder, 'there.js'), '');
  const before = ownStamp(folder);
  // As a file is that was listed and then taken away.
  await symlink(join(folder, 'nowhere.js'), join(folder, 'gone.js'));
  expect(ownStamp(folder)).not.toBe(before);
});
