import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/report/columns.js';
import { makeReport, reportOf, type Report } from '../../src/report/report.js';
import type { EpochMetrics } from '../../src/runs/folder/metrics-file.js';
import { lockRun } from '../../src/runs/folder/run-lock.js';
import { summarizeRun, type FinishedRunSummary } from '../../src/runs/run-summary.js';
import { writeFakePoint, writeFakeSweep, type FakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const cifar: Partial<FakePoint> = {
  data: { name: 'cifar10', classes: 10, imageShape: [32, 32, 3] },
  epochs: 2,
};
const point = (name: string, mu: number, seed: number, rest: Partial<FakePoint> = {}) =>
  writeFakePoint(join(folder, name), { mu, seed, epochs: 2, ...rest });
const rowsOf = ({ groups }: Report) => groups.flatMap(({ rows }) => rows);

describe('rows', () => {
  test('group runs that differ only in their seed, by mu', async () => {
    await writeFakeSweep(folder, [0.1, 0.02], [3, 1, 2], { epochs: 2 });
    const report = await makeReport([folder]);
    expect(report).toMatchObject({ unfinished: [], superseded: [], notes: [] });
    const [group] = report.groups;
    expect(group).toMatchObject({
      title: 'lenet5 on mnist',
      networks: ['lenet5'],
      isOneSize: true,
    });
    expect(
      rowsOf(report).map(({ mu, seeds, method }) => {
        return { mu, seeds, method };
      }),
    ).toEqual([
      { mu: 0.02, seeds: [1, 2, 3], method: '' },
      { mu: 0.1, seeds: [1, 2, 3], method: '' },
    ]);
    for (const { runs, accuracyPercent, relativeBopsPercent, compressedBytes } of rowsOf(report)) {
      expect(accuracyPercent.values).toEqual(runs.map(({ result }) => result.testAccuracyPercent));
      expect(relativeBopsPercent.standardError).toBeGreaterThan(0);
      const bytes = runs.map(({ network }) => network?.totals.parameterBytes ?? NaN);
      expect(compressedBytes).toBeCloseTo(bytes.reduce((sum, each) => sum + each) / 3, 6);
    }
  });

  test('of one seed have no standard error', async () => {
    await point('run', 0.1, 1);
    const [row] = rowsOf(await makeReport([folder]));
    expect(row?.accuracyPercent.standardError).toBeUndefined();
    expect(row?.isOnFront).toBe(true);
  });

  test('count repeated runs of a config and seed once, with a note', async () => {
    await point('one', 0.1, 1);
    await point('two', 0.1, 1);
    await point('three', 0.1, 2);
    const { notes, ...report } = await makeReport([folder]);
    expect(rowsOf({ notes, ...report }).map(({ seeds }) => seeds)).toEqual([[1, 2]]);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    expect(notes).toEqual([
      `${two}: has the same config and seed as ${one}, whose row stands for both`,
    ]);
  });

  test('average the bits of weights by MACs, those of activations by their readers’ MACs', async () => {
    await point('run', 0.02, 1, { epochs: 12 });
    const [row] = rowsOf(await makeReport([folder]));
    const layers = row?.runs[0]?.network?.layers ?? [];
    const macs = (of: typeof layers) => of.reduce((sum, layer) => sum + layer.macs, 0);
    const bits = layers.reduce((sum, layer) => sum + layer.macs * (layer.weightBits ?? NaN), 0);
    expect(row?.weightBits.mean).toBeCloseTo(bits / macs(layers), 12);
    const readers = layers.slice(1);
    const read = readers.reduce((sum, layer) => sum + layer.macs * (layer.inputBits ?? NaN), 0);
    expect(row?.activationBits?.mean).toBeCloseTo(read / macs(readers), 12);
  });
});

test('a row has the share of kept channels among those that can be dropped', async () => {
  await point('run', 0.02, 1, { epochs: 12 });
  const report = await makeReport([folder]);
  const [group] = report.groups;
  const [row] = group?.rows ?? [];
  // conv1, conv2 and fc1; the channels of the last layer are the classes.
  const line = (await readFile(join(folder, 'run', 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const { quantizers } = JSON.parse(line.at(-1) ?? '') as EpochMetrics;
  const kept = quantizers.reduce((sum, { keptChannels = 0 }) => sum + keptChannels, 0);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(608);
  expect(row?.keptChannelsPercent).toBeCloseTo((100 * kept) / 608, 12);
  const column = group && columnsOf(group).find(({ head }) => head === 'Kept %');
  expect(row && column?.cell(row)).toBe(((100 * kept) / 608).toFixed(1));
});

test.each([
  [1 + 0.99e-6, true],
  [1 - 0.99e-6, true],
  [1 + 1.01e-6, false],
  [1 - 1.01e-6, false],
])('bit operations at 32 bits in a ratio of %d count as one size: %s', async (times, is) => {
  await point('one', 0.1, 1);
  await point('other', 0.02, 1);
  const runs = (await Promise.all(
    ['one', 'other'].map((name) => summarizeRun(join(folder, name))),
  )) as [FinishedRunSummary, FinishedRunSummary];
  const [one, { result, ...other }] = runs;
  const layers = result.layers.map((layer) => ({ ...layer, macs: times * layer.macs }));
  const larger = { ...other, result: { ...result, layers } };
  expect(reportOf([one, larger], []).groups.map(({ isOneSize }) => isOneSize)).toEqual([is]);
});

test('unfinished runs are listed apart from those superseded by a finished one', async () => {
  await point('good', 0.1, 1);
  await point('good.interrupted-1', 0.1, 1, { status: { status: 'interrupted' } });
  await point('again', 0.1, 1, { status: { status: 'running' } });
  await point('bad', 1, 1, { status: { status: 'failed', reason: 'why' } });
  const { unfinished, superseded, groups } = await lockRun(join(folder, 'again'), () =>
    makeReport([folder]),
  );
  expect(groups).toHaveLength(1);
  const names = (runs: Report['unfinished']) =>
    runs.map((run) => run.folder.slice(folder.length + 1));
  expect(names(unfinished)).toEqual(['again', 'bad']);
  expect(names(superseded)).toEqual(['good.interrupted-1']);
});

describe('groups', () => {
  test('are data sets; their networks are told apart by settings, and compared by absolute BOPs', async () => {
    await point('mnist', 0.1, 1);
    const config = (model: string) => ({ ...cifar, config: `dataset: cifar10\nmodel: ${model}\n` });
    // The smaller network is less accurate, with more relative but fewer absolute bit operations.
    await point('small', 0.02, 1, { ...config('resnet20'), bestAccuracy: 90 });
    await point('large', 0.02, 1, { ...config('resnet56'), bestAccuracy: 92 });
    const report = await makeReport([folder]);
    expect(report.groups.map(({ title }) => title)).toEqual(['cifar10', 'lenet5 on mnist']);
    const [both] = report.groups;
    expect(both).toMatchObject({ isOneSize: false, networks: ['resnet20', 'resnet56'] });
    expect(both?.rows.map(({ method, isOnFront }) => [method, isOnFront])).toEqual([
      ['resnet20', true],
      ['resnet56', true],
    ]);
  });

  test('have only the published results of their network and data set', async () => {
    await point('mnist', 0.1, 1);
    await point('vgg', 0.1, 1, { ...cifar, config: 'dataset: cifar10\nmodel: vgg7\n' });
    await point('narrow', 0.1, 1, {
      ...cifar,
      config: 'dataset: cifar10\nmodel: {name: vgg7, width: 0.5}\n',
    });
    const { groups } = await makeReport([folder]);
    const found = groups.map(({ references }) => references.map(({ method }) => method));
    expect(found).toEqual([
      ['Bayesian Bits'],
      ['Bayesian Bits, mu 0.01', 'Bayesian Bits, mu 0.1', 'GETA'],
    ]);
    // LeNet-5 has 4.3694 GBOPs at 32 bits.
    expect(groups[0]?.references[0]?.gbops).toBeCloseTo((4369.416 * 0.36) / 100000, 6);
  });
});
