import { beforeAll, expect, test } from 'vitest';
import { epochsFigure } from '../../src/report/figures/epochs.js';
import { makeReport, type ReportGroup } from '../../src/report/report.js';
import { writeFakeSweep } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Point {
  readonly line: number;
  readonly epoch: number;
  readonly accuracy: number | null;
  readonly label: string;
}

let group: ReportGroup;

beforeAll(async () => {
  const folder = await temporaryFolder();
  await writeFakeSweep(folder, [0.02, 1], [1, 2], { epochs: 3 });
  const [found] = (await makeReport([folder])).groups;
  if (!found) throw new Error('no group');
  group = found;
});

const pointsOf = (of: ReportGroup) =>
  (epochsFigure(of).data as unknown as { readonly values: readonly Point[] }).values;
const labelsOf = (points: readonly Point[]) =>
  new Map(points.map(({ line, label }) => [line, label]));

test('each run has its own line, labeled with its row and seed', () => {
  const points = pointsOf(group);
  expect([...labelsOf(points).values()].map((label) => label.split('\n')[0])).toEqual([
    'mu 0.02, seed 1',
    'mu 0.02, seed 2',
    'mu 1, seed 1',
    'mu 1, seed 2',
  ]);
  const shown = points.filter(({ accuracy }) => accuracy !== null);
  expect(shown.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

test('with too many runs to tell apart, those of a row form one line with gaps', () => {
  const rows = group.rows.map((row) => ({ ...row, runs: Array(80).fill(row.runs).flat() }));
  const points = pointsOf({ ...group, rows });
  expect([...labelsOf(points).values()].map((label) => label.split('\n')[0])).toEqual([
    'mu 0.02',
    'mu 1',
  ]);
  expect(points.slice(0, 5).map(({ accuracy }) => accuracy === null)).toEqual([
    ...[false, false, false, true],
    false,
  ]);
  expect(points).toHaveLength(320 * (3 + 1));
});
