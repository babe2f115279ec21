import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../../src/bayesian-bits/hard-concrete.js';
import { wholePercent } from '../../../src/text/figures.js';
import { compactEpoch } from '../../../src/runs/compact/compact-epoch.js';
import { columnsOf, epochsOf } from '../../../src/runs/compact/metrics-columns.js';
import { openPercent, readEpochs } from '../../../src/runs/epoch-history.js';
import {
  compactMetricsFile,
  mostChannels,
  mostStates,
} from '../../../src/runs/folder/compact-metrics-file.js';
import type { EpochMetrics } from '../../../src/runs/folder/metrics-file.js';
import { anyMetrics } from '../../helpers/any-run-files.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const compact = (epoch: EpochMetrics) => compactEpoch(epoch, hardConcrete);

/** Some identical epochs, then a different one. */
const anyRun = fc
  .tuple(anyMetrics, fc.integer({ min: 1, max: 4 }), anyMetrics)
  .map(([first, count, last]) => [...new Array<EpochMetrics>(count).fill(first), last]);

test('columns survive a round trip, and give back the epochs', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const epochs = run.map(compact);
      const read = columnsOf(epochs).map((columns) => {
        const { data, error } = compactMetricsFile.decode(compactMetricsFile.encode(columns));
        if (data === undefined) throw error;
        return data;
      });
      const again = read.flatMap((columns) => [...epochsOf(columns)]);
      expect(again.at(-1)).toEqual(epochs.at(-1));
      expect(again.map(withoutChannels)).toEqual(epochs.map(withoutChannels));
    }),
  );
});

function withoutChannels({ quantizers, ...figures }: ReturnType<typeof compact>) {
  return {
    ...figures,
    quantizers: quantizers.map((quantizer) => ({ ...quantizer, channels: undefined })),
  };
}

test('an epoch keeps its figures, bits and counts exactly, and its training losses to six digits', () => {
  fc.assert(
    fc.property(anyMetrics, (epoch) => {
      const { quantizers, ...figures } = compact(epoch);
      const { quantizers: full, ...fullFigures } = epoch;
      for (const [key, value] of Object.entries(fullFigures)) {
        const kept = figures[key as keyof typeof figures];
        if (!['loss', 'crossEntropy', 'regularizer'].includes(key)) expect(kept).toBe(value);
        else expect(Math.abs((kept ?? NaN) - value)).toBeLessThanOrEqual(5e-6 * Math.abs(value));
      }
      for (const [at, { name, bits, keptChannels, beta }] of full.entries()) {
        const kept = quantizers[at];
        expect([kept?.name, kept?.bits, kept?.keptChannels]).toEqual([name, bits, keptChannels]);
        expect(kept?.beta === null).toBe(beta === null);
        const relative = Math.abs((kept?.beta ?? 0) / (beta || 1) - 1);
        if (beta) expect(relative).toBeLessThan(1e-3);
      }
    }),
  );
});

test('gates are as likely to be open as before, in whole percent', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -12, max: 12, noNaN: true })), (phi) => {
      const quantizer = { name: 'conv1/weight', bits: 2, beta: 1, phi: { 2: phi, 4: phi[0] ?? 0 } };
      const [found] = compact({ ...someEpoch, quantizers: [quantizer] }).quantizers;
      const full = openPercent(quantizer.phi, hardConcrete);
      const shown = (open: Readonly<Record<string, number>>) =>
        Object.entries(open).map(([width, value]) => [width, wholePercent(value)]);
      expect(shown(found?.openPercent ?? {})).toEqual(shown(full));
      expect(JSON.stringify(found?.openPercent)).not.toMatch(/\.\d\d/);
    }),
  );
});

const someEpoch: Omit<EpochMetrics, 'quantizers'> = {
  epoch: 1,
  loss: 1,
  crossEntropy: 1,
  regularizer: 1,
  trainAccuracyPercent: 99,
  testCrossEntropy: 1,
  testAccuracyPercent: 99,
  relativeBopsPercent: 1,
  gbops: 1,
};

test('a column that is too short, and an impossible channel, width or name, are rejected', () => {
  const quantizer = {
    name: 'conv1/weight',
    bits: 2,
    keptChannels: 1,
    beta: 1,
    phi: { 2: [6, -6] },
  };
  const epoch = { ...someEpoch, quantizers: [quantizer] };
  const [columns] = columnsOf([compact(epoch), compact({ ...epoch, epoch: 2, loss: 2 })]);
  const text = JSON.stringify(columns);
  expect(compactMetricsFile.decode(text).success).toBe(true);
  for (const [from, to] of [
    ['"loss":[1,2]', '"loss":[1]'],
    ['"bits":2', '"bits":[2,2,2]'],
    ['"2":50.5', '"2":[50.5]'],
    ['"dropped":[1]', '"dropped":[2]'],
    ['"2":50.5', '"3":50.5'],
    ['"conv1/weight"', `"${'long'.repeat(101)}"`],
  ] as const) {
    expect(text).toContain(from);
    expect(compactMetricsFile.decode(text.replace(from, to)).success, to).toBe(false);
  }
});

describe('a short line cannot fill the memory:', () => {
  /** A line of this many epochs and quantizers, each with this many channels. */
  function lineOf(epochs: number, quantizers: number, channels: number) {
    const { epoch, ...figures } = someEpoch;
    const number = (_: unknown, index: number) => epoch + index;
    const columns = Object.entries(figures).map(([key, value]) => [
      key,
      new Array<number>(epochs).fill(value),
    ]);
    const quantizer = {
      ...{ name: 'conv1/weight', bits: 2, keptChannels: channels, beta: 1 },
      openPercent: { 2: 100 },
      channels: { count: channels, dropped: [] },
    };
    return JSON.stringify({
      format: 1,
      epoch: Array.from({ length: epochs }, number),
      ...Object.fromEntries(columns),
      quantizers: new Array<typeof quantizer>(quantizers).fill(quantizer),
    });
  }
  const isRead = (...size: Parameters<typeof lineOf>) =>
    compactMetricsFile.decode(lineOf(...size)).success;

  test('its channels and its epochs x quantizers have bounds beyond those of any network', () => {
    expect(isRead(1, 1, mostChannels)).toBe(true);
    expect(isRead(1, 2, mostChannels)).toBe(false);
    expect(isRead(1000, 200, 1024)).toBe(true);
    expect(isRead(mostStates / 1024, 1025, 1)).toBe(false);
  });

  test('the total over all lines is bounded too; the excess is left out, and reported', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'metrics.compact.jsonl');
    await writeFile(path, `${lineOf(2, 1, 1)}\n${lineOf(mostStates / 1024, 1024, 1)}\n`);
    const { epochs, last, problems } = await readEpochs(folder, hardConcrete);
    expect(epochs).toHaveLength(2);
    expect(last?.epoch).toBe(2);
    expect(problems).toEqual([
      `${path}: expected at most ${mostStates} epochs x quantizers; the rest is left out`,
    ]);
  });
});
