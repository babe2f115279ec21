import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tradeOffFigure } from '../../src/report/figures/trade-off.js';
import { tradeOffCaption } from '../../src/report/figures/trade-off-axes.js';
import { makeReport, type ReportGroup } from '../../src/report/report.js';
import { writeSensitivity } from '../../src/runs/folder/sensitivity-file.js';
import { writeFakeSweep } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** All values that a figure draws as dashed lines. */
function dashed(group: ReportGroup): unknown[] {
  return tradeOffFigure(group).layer.flatMap((layer) =>
    JSON.stringify(layer).includes('strokeDash')
      ? (layer as { data: { values: unknown[] } }).data.values
      : [],
  );
}

test('a sensitivity curve is drawn on the axes of the points, and a damaged one is reported', async () => {
  const folder = await temporaryFolder();
  await writeFakeSweep(folder, [0.02, 0.2], [1], { epochs: 2 });
  const [plain] = (await makeReport([folder])).groups;
  const [row] = plain?.rows ?? [];
  if (!plain || !row) throw new Error('no rows');
  expect(dashed(plain)).toEqual([]);
  expect(tradeOffCaption(plain)).not.toContain('sensitivity');

  const [relativeBopsPercent, testAccuracyPercent] = [
    row.relativeBopsPercent.mean,
    row.accuracyPercent.mean,
  ];
  const run = join(folder, 'mu-0.02-seed-1');
  const start = { site: null, bits: null, relativeBopsPercent, validationAccuracyPercent: 90 };
  const steps = [
    { ...start, testAccuracyPercent },
    // Below and left of all rows, where the axes would end without it.
    {
      ...start,
      site: 'fc1/weight',
      bits: 4,
      relativeBopsPercent: relativeBopsPercent / 5,
      testAccuracyPercent: testAccuracyPercent - 0.8,
    },
    // Far below the other points, where it would squeeze the axis.
    { ...start, site: 'fc2/weight', bits: 4, testAccuracyPercent: 10 },
  ];
  await writeSensitivity(run, { images: 5, epochs: 2, steps });
  const report = await makeReport([folder]);
  const [group] = report.groups;
  if (!group) throw new Error('no group');
  expect(report.notes).toEqual([]);
  expect(dashed(group)).toEqual([
    { x: relativeBopsPercent, y: testAccuracyPercent, run, step: 0 },
    { x: relativeBopsPercent / 5, y: testAccuracyPercent - 0.8, run, step: 1 },
  ]);
  expect(tradeOffCaption(group)).toContain('dashed: sensitivity baseline');

  const file = join(run, 'sensitivity.json');
  await writeSensitivity(run, { images: 5, epochs: 1, steps });
  const stale = await makeReport([folder]);
  expect(stale.groups.flatMap(dashed)).toEqual([]);
  expect(stale.notes).toEqual([
    `${file}: expected a curve of the network after epoch 2, found one after epoch 1; it is left out. Make ` +
      `it again: bbits sensitivity ${run}`,
  ]);

  await writeFile(file, '{"format": 1, "steps": [{"relativeBopsPercent": -1');
  const damaged = await makeReport([folder]);
  expect(damaged.groups[0]?.rows).toHaveLength(2);
  expect(damaged.notes.join()).toContain(
    `${file}: expected a curve as bbits sensitivity writes it`,
  );
});
