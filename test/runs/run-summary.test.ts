import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import { isFinished, summarizeRun } from '../../src/runs/run-summary.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
const path = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'run');
  await writeFakePoint(folder, { mu: 0.1, seed: 1, epochs: 3 });
});

async function change(name: string, edit: (json: Record<string, unknown>) => void): Promise<void> {
  const json = JSON.parse(await readFile(path(name), 'utf8')) as Record<string, unknown>;
  edit(json);
  await writeFile(path(name), JSON.stringify(json));
}

test('a finished run has its config, data set, result, epochs and network', async () => {
  const run = await summarizeRun(folder);
  expect(run).toMatchObject({ folder, status: 'finished', reason: undefined, problems: [] });
  expect(isFinished(run)).toBe(true);
  expect(run.config?.mu).toBe(0.1);
  expect(run.record?.dataset.name).toBe('mnist');
  expect(run.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(run.network?.totals.relativeBopsPercent).toBe(run.result?.relativeBopsPercent);
  const gates = run.epochs[0]?.gates[0];
  expect(gates?.name).toBe('conv1/weight');
  expect(Object.keys(gates?.openPercent ?? {})).toEqual(['2', '4', '8', '16', '32']);
  // The phi of this gate is at most -6: see the helper.
  expect(gates?.openPercent['32']).toBeLessThan(100 * hardConcrete.probabilityOpen(-6).q + 1e-9);
});

test('a run is read faster without its epochs, with the same result', async () => {
  const { result, epochs, network, problems } = await summarizeRun(folder, false);
  expect(result?.epochs).toBe(3);
  expect({ epochs, network, problems }).toEqual({ epochs: [], network: undefined, problems: [] });
});

describe('damage is reported, and the rest is read:', () => {
  test('a metrics file with a truncated last line', async () => {
    await truncate(path('metrics.jsonl'), (await readFile(path('metrics.jsonl'))).length - 50);
    const run = await summarizeRun(folder);
    expect(isFinished(run)).toBe(true);
    expect(run.epochs).toHaveLength(2);
    expect(run.network).toBeUndefined();
    expect(run.problems).toEqual([
      `${path('metrics.jsonl')}: its last line is cut off, and left out`,
      `${folder}: its compressed size is unknown, since its files contradict each other`,
    ]);
  });

  test('a line that is not an epoch', async () => {
    const text = await readFile(path('metrics.jsonl'), 'utf8');
    await writeFile(path('metrics.jsonl'), text.replace('\n', '\n{"epoch": "two"}\n'));
    const run = await summarizeRun(folder);
    expect(run.epochs).toHaveLength(3);
    expect(run.network).toBeDefined();
    expect(run.problems).toEqual([`${path('metrics.jsonl')}: line 2 is damaged, and left out`]);
  });

  test('metrics of another network', async () => {
    const text = await readFile(path('metrics.jsonl'), 'utf8');
    await writeFile(path('metrics.jsonl'), text.replaceAll('"2":[', '"2":[1,'));
    const run = await summarizeRun(folder);
    expect(isFinished(run)).toBe(true);
    expect(run.network).toBeUndefined();
  });

  test('missing metrics and record', async () => {
    await rm(path('metrics.jsonl'));
    await rm(path('run.json'));
    const run = await summarizeRun(folder);
    expect(isFinished(run)).toBe(true);
    expect(run).toMatchObject({ epochs: [], network: undefined, record: undefined });
  });

  test('an invalid record', async () => {
    await writeFile(path('run.json'), '[]');
    const { problems } = await summarizeRun(folder);
    expect(problems[0]).toContain(`${path('run.json')}: expected the record of a run`);
  });
});

describe('a run without config or result is unreadable, for a stated reason:', () => {
  test.each([
    [2, 'found format 2, expected 1; a later version of bbits wrote it. Update bbits to read it.'],
    [undefined, 'found no format, expected 1; an earlier version of bbits wrote it.'],
    ['x', 'found another format, expected 1'],
  ])('a result of format %s', async (format, reason) => {
    await change('result.json', (json) => {
      json['format'] = format;
    });
    const run = await summarizeRun(folder);
    expect(run).toMatchObject({ status: 'unreadable', problems: [] });
    expect(run.reason).toContain(`${path('result.json')}: ${reason}`);
  });

  test.each([
    ['testAccuracyPercent', 101],
    ['relativeBopsPercent', null],
    ['layers', []],
    ['epochs', 'three'],
  ])('a result whose %s is %o', async (key, value) => {
    await change('result.json', (json) => {
      json[key] = value;
    });
    const { status, reason } = await summarizeRun(folder);
    expect(status).toBe('unreadable');
    expect(reason).toContain(`expected the result of a run, found something else at ${key}`);
  });

  test('a result that is not JSON, is missing, or is a folder', async () => {
    await writeFile(path('result.json'), '{');
    expect((await summarizeRun(folder)).reason).toContain('expected JSON, found something else');
    await rm(path('result.json'));
    expect((await summarizeRun(folder)).reason).toContain('found no result.json');
    await mkdir(path('result.json'));
    expect((await summarizeRun(folder)).reason).toContain('expected a file, found something else');
  });

  test('a pipe in place of a file, which is not waited for', async () => {
    await rm(path('metrics.jsonl'));
    await promisify(execFile)('mkfifo', [path('metrics.jsonl')]);
    expect((await summarizeRun(folder)).problems[0]).toContain('expected a file');
  });

  test('a config with several mistakes: the first, and the number of others', async () => {
    await writeFile(path('config.yaml'), 'dataset: mnist\nmodel: lenet6\nsede: 1\n');
    const { status, reason } = await summarizeRun(folder);
    expect(status).toBe('unreadable');
    expect(reason).toMatch(/config\.yaml:2:8 model.name: found "lenet6".* \(and 1 more\)$/);
  });
});

test('an unfinished run has its status, reason and epochs so far', async () => {
  const diverged = join(folder, '..', 'diverged');
  const status = { status: 'diverged', reason: 'The loss is NaN' } as const;
  await writeFakePoint(diverged, { mu: 1, seed: 1, epochs: 4, status });
  const run = await summarizeRun(diverged);
  expect(run).toMatchObject({ ...status, result: undefined, problems: [] });
  expect(run.epochs).toHaveLength(2);
  expect(isFinished(run)).toBe(false);
});
