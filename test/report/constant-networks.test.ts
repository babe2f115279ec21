import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnNotes } from '../../src/report/columns.js';
import { epochsCaption, epochsFigure } from '../../src/report/figures/epochs.js';
import { renderSvg } from '../../src/report/figures/pictures.js';
import { tradeOffFigure } from '../../src/report/figures/trade-off.js';
import { tradeOffAxes, tradeOffCaption } from '../../src/report/figures/trade-off-axes.js';
import { makeReport, type ReportGroup } from '../../src/report/report.js';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { writeFakePoint, type FakePoint } from '../helpers/fake-sweep.js';
import { stored } from '../helpers/stored.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const everything = ['conv1/weight', 'conv2/weight', 'fc1/weight'];

/** The given points, and two networks whose costs differ more than tenfold. */
async function groupWith(...points: FakePoint[]): Promise<{ group: ReportGroup; folder: string }> {
  const folder = await temporaryFolder();
  const others = [
    { mu: 1e-4, seed: 1 },
    { mu: 1, seed: 1 },
  ];
  for (const [index, point] of [...others, ...points].entries()) {
    await writeFakePoint(join(folder, `run${index}`), point);
  }
  const [group] = (await makeReport([folder])).groups;
  if (!group) throw new Error('no group');
  return { group, folder };
}

const nothingLeft = { mu: 1000, seed: 1, emptied: everything, bestAccuracy: 130 };

test('a network with nothing left is not on the front, and published results stay in place', async () => {
  const { group } = await groupWith({ ...nothingLeft, mu: 1e-5, bestAccuracy: 100 });
  const { group: without } = await groupWith();
  const [constant, ...rows] = group.rows;
  expect(constant).toMatchObject({ mu: 1e-5, constantNetworks: 1, isOnFront: false });
  expect(constant?.relativeBopsPercent.mean).toBe(0);
  // The constant network is the first run, by which the published result is placed.
  expect(group.references.map(({ gbops }) => gbops)).toEqual(
    without.references.map(({ gbops }) => gbops),
  );
  expect(group.references[0]?.gbops).toBeGreaterThan(0.01);
  expect(group.isOneSize).toBe(true);
  expect(rows.map(({ isOnFront }) => isOnFront)).toEqual(
    without.rows.map(({ isOnFront }) => isOnFront),
  );
  const notes = columnNotes(group).filter((note) => note.includes('is a constant'));
  expect(notes).toEqual([expect.stringMatching(/^mu 0\.00001: .* Try a smaller mu, .* front\.$/)]);
});

test('a network with nothing left has no mark on a logarithmic axis, and the caption says so', async () => {
  const { group } = await groupWith(nothingLeft);
  const { x, rows } = tradeOffAxes(group);
  expect(x.isLog).toBe(true);
  expect(rows.map(({ mu }) => mu)).toEqual([1e-4, 1]);
  expect(JSON.stringify(tradeOffFigure(group))).not.toContain('mu 1000');
  expect(tradeOffCaption(group)).toContain('without a mark: 0 bit operations at mu 1000');
  expect(tradeOffCaption((await groupWith()).group)).not.toContain('without a mark');

  expect(epochsCaption(group)).toContain('a gap where there are 0 bit operations');
  expect(epochsCaption((await groupWith()).group)).not.toContain('gap');
  const svg = await renderSvg(epochsFigure(group), 'x');
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test('a layer without channels makes the network constant too, although the layer reading it has a cost', async () => {
  const { group, folder } = await groupWith({ ...nothingLeft, emptied: ['conv1/weight'] });
  const row = group.rows.find(({ mu }) => mu === 1000);
  expect(row?.relativeBopsPercent.mean).toBeGreaterThan(0);
  expect(row).toMatchObject({ constantNetworks: 1, isOnFront: false });

  // Results of earlier versions lack the flag, but their metrics have the channels.
  const run = join(folder, 'run2');
  const { isConstant, ...result } = await stored(run, resultFile);
  expect(isConstant).toBe(true);
  await writeFile(join(run, resultFile.name), resultFile.encode(result));
  const [again] = (await makeReport([folder])).groups;
  expect(again?.rows.find(({ mu }) => mu === 1000)?.constantNetworks).toBe(1);
});

test('networks of different sizes share an axis of absolute bit operations, omitting those with 0', async () => {
  const small = { config: 'dataset: mnist\nmodel: {name: lenet5, width: 0.9}\n', mu: 1, seed: 1 };
  const { group } = await groupWith(small, { ...nothingLeft, mu: 500 });
  expect(group.isOneSize).toBe(false);
  const svg = await renderSvg(tradeOffFigure(group), 'x');
  expect(svg).toContain('>Bit operations for one image, logarithmic<');
  for (const tick of ['20 M', '50 M', '100 M', '200 M']) expect(svg).toContain(`>${tick}<`);
  expect(tradeOffCaption(group)).toContain('0 bit operations at width 1, mu 500');
});

test('a mean over seeds is not on the front if one of them has nothing left', async () => {
  const { group } = await groupWith(
    { mu: 1e-5, seed: 1 },
    { ...nothingLeft, mu: 1e-5, bestAccuracy: 100, seed: 2 },
  );
  const [mixed] = group.rows;
  expect(mixed).toMatchObject({ seeds: [1, 2], constantNetworks: 1, isOnFront: false });
  expect(columnNotes(group).join('\n')).toContain('mu 0.00001 (1 of 2 seeds): The network is a');
});
