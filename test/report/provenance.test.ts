import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeReport, type Report } from '../../src/report/report.js';
import { readRecord, writeRecord, type RunRecord } from '../../src/runs/folder/record-file.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { writeFakePoint, type FakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Writes a finished run with an edited record. */
async function run(
  name: string,
  point: Partial<FakePoint>,
  edit: (record: RunRecord) => RunRecord = (record) => record,
): Promise<void> {
  const path = join(folder, name);
  await writeFakePoint(path, { mu: 0.1, seed: 1, epochs: 2, ...point });
  const record = await readRecord(path);
  if (record) await writeRecord(path, edit(record));
}

const file = (sha256: string, status: string) => ({ name: 'images', bytes: 1, sha256, status });
const withFiles =
  (status: string, letter = 'a', isOld = false) =>
  (record: RunRecord): RunRecord => {
    const { contents, ...dataset } = record.dataset;
    const files = [file(letter.repeat(64), status)];
    return {
      ...record,
      dataset: { ...dataset, files, ...(isOld || !contents ? {} : { contents }) },
    };
  };
const rowsOf = ({ groups }: Report) =>
  groups.flatMap(({ rows }) => rows.map(({ method, seeds }) => ({ method, seeds })));

describe('the title', () => {
  test('names verified data, shown with its published results', async () => {
    await run('verified', {}, withFiles('verified'));
    const [group] = (await makeReport([folder])).groups;
    expect(group?.title).toBe('lenet5 on mnist');
    expect(group?.references).not.toEqual([]);
  });

  test('marks other contents as unverified, without published results', async () => {
    await run('other', {}, withFiles('unverified'));
    const [group] = (await makeReport([folder])).groups;
    expect(group?.title).toBe('lenet5 on mnist (unverified)');
    expect(group?.references).toEqual([]);
    expect(group?.notes.join()).toContain('Unverified: ');
  });

  test('of a folder named like a published data set comes without its results', async () => {
    await run('own', { config: 'dataset: { path: /data/mnist, classes: 10 }\nmodel: lenet5\n' });
    const [group] = (await makeReport([folder])).groups;
    expect(group?.title).toBe('lenet5 on mnist');
    expect(group?.references).toEqual([]);
  });
});

describe('data', () => {
  test('of an earlier version, recorded as files, counts as the contents of these files', async () => {
    await run('old', {}, withFiles('verified', 'a', true));
    await run('new', { seed: 2 }, withFiles('verified', 'a'));
    const moved = withFiles('verified', 'b');
    await run('moved', { seed: 3 }, moved);
    await run('other', { seed: 4 }, withFiles('verified', 'c', true));
    const report = await makeReport([folder]);
    expect(rowsOf(report)).toEqual([
      { method: '', seeds: [1, 2, 3] },
      { method: '', seeds: [4] },
    ]);
    const titles = report.groups.map(({ title }) => title);
    expect(titles).toEqual([
      expect.stringMatching(/^lenet5 on mnist, data \w{8}$/),
      expect.stringMatching(/^lenet5 on mnist, data \w{8}$/),
    ]);
    expect(new Set(titles).size).toBe(2);
    expect(report.notes).toEqual([]);
  });

  test('without recorded files is compared by name, with a note', async () => {
    await run('new', {});
    await run('nothing', { seed: 2 }, (record) => {
      const { contents, ...dataset } = record.dataset;
      expect(contents).toBeDefined();
      return { ...record, dataset };
    });
    const report = await makeReport([folder]);
    expect(rowsOf(report)).toEqual([{ method: '', seeds: [1, 2] }]);
    expect(report.notes).toEqual([
      '1 run by an earlier version does not record the contents of the data: compared by its name',
    ]);
  });
});

const withThreads =
  (threads: number) =>
  (record: RunRecord): RunRecord => ({ ...record, threads });

describe('a difference in the last bits only', () => {
  test('is averaged over, with a note on what differs', async () => {
    await run('one', {}, withThreads(1));
    await run('two', { seed: 2 }, withThreads(2));
    const report = await makeReport([folder]);
    expect(rowsOf(report)).toEqual([{ method: '', seeds: [1, 2] }]);
    expect(report.groups[0]?.notes).toEqual([
      'Runs of a row differ in threads (1, 2), which affects the last bits of a result.',
    ]);
  });

  test('separates repetitions of a seed with different results', async () => {
    await run('a', {}, withThreads(1));
    await run('b', { seed: 2 }, withThreads(1));
    await run('c', { bestAccuracy: 90 }, withThreads(2));
    const report = await makeReport([folder]);
    expect(rowsOf(report)).toEqual([
      { method: 'threads 1', seeds: [1, 2] },
      { method: 'threads 2', seeds: [1] },
    ]);
    expect(report.notes).toEqual([
      expect.stringMatching(
        /^Runs with the same config and seed \(1\) gave different results, and have separate rows: 9\d\.\d\d % \(.*\/a\), 8\d\.\d\d % \(.*\/c\)$/,
      ),
    ]);
  });

  test('need not be recorded to separate repetitions of a seed', async () => {
    await run('a', {});
    await run('b', { bestAccuracy: 90 });
    await run('c', {});
    const report = await makeReport([folder]);
    expect(rowsOf(report)).toEqual([
      { method: 'repetition 1', seeds: [1] },
      { method: 'repetition 2', seeds: [1] },
    ]);
    expect(report.notes).toHaveLength(2);
    expect(report.notes[0]).toMatch(
      /c: has the same config and seed as .*a, whose row stands for both$/,
    );
  });
});

test('an edited result is rejected, and both files are named', async () => {
  await run('edited', {});
  await run('whole', { seed: 2 });
  const path = join(folder, 'edited', resultFile.name);
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(/"testAccuracyPercent": [\d.]+/, '"testAccuracyPercent": 99.9'),
  );
  const report = await makeReport([folder]);
  expect(rowsOf(report)).toEqual([{ method: '', seeds: [2] }]);
  expect(report.unfinished).toMatchObject([
    {
      status: 'unreadable',
      reason: expect.stringMatching(
        /edited\/result\.json: found testAccuracyPercent 99\.9, expected 9[\d.]+ as in the last line of metrics\.jsonl\. /,
      ) as string,
    },
  ]);
});

test('a result with an edited number of epochs is rejected', async () => {
  await run('edited', {});
  const path = join(folder, 'edited', resultFile.name);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"epochs": 2', '"epochs": 3'));
  const [edited] = (await makeReport([folder])).unfinished;
  expect(edited?.reason).toMatch(/found epochs 3, expected 2 as in config\.yaml\. /);
});
