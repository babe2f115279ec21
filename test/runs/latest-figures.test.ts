import { join } from 'node:path';
import { expect, test } from 'vitest';
import { latestFigures } from '../../src/runs/latest-figures.js';
import { summarizeRun } from '../../src/runs/run-summary.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

async function summaryOf(epochs: number, status: 'finished' | 'interrupted' = 'finished') {
  const folder = join(await temporaryFolder(), 'run');
  await writeFakePoint(folder, { mu: 0.1, seed: 1, epochs, status: { status } });
  return summarizeRun(folder);
}

test('a finished run has the figures of its result', async () => {
  const { result, epochs } = await summaryOf(3);
  expect(latestFigures({ result, epochs })).toBe(result);
  // Its epochs are not needed.
  expect(latestFigures({ result, epochs: [] })).toBe(result);
});

test('a run extended later, or without a result, has the figures of its last epoch', async () => {
  const { result } = await summaryOf(3);
  const { epochs } = await summaryOf(8, 'interrupted');
  expect(epochs).toHaveLength(4);
  const { testAccuracyPercent, relativeBopsPercent } = epochs[3] ?? {};
  const expected = { epochs: 4, testAccuracyPercent, relativeBopsPercent };
  expect(latestFigures({ result, epochs })).toMatchObject(expected);
  expect(latestFigures({ result: undefined, epochs })).toMatchObject(expected);
});

test('epochs are counted by the last one’s number, even if lines are missing', async () => {
  const { epochs } = await summaryOf(8, 'interrupted');
  expect(latestFigures({ result: undefined, epochs: epochs.slice(2) })?.epochs).toBe(4);
  expect(latestFigures({ result: undefined, epochs: [] })).toBeUndefined();
});
