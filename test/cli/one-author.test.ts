import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { NetworkInspection } from '../../src/inspection/network-inspection.js';
import type { RunEvaluation } from '../../src/runs/evaluate-run.js';
import { twoShortPhases } from '../helpers/small-network.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallRun } from '../helpers/small-run.js';

async function printed(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await bbits([...args, '--json'], process.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

interface Row {
  readonly compressedBytes: number;
  readonly gbops: { readonly mean: number };
  readonly relativeBopsPercent: { readonly mean: number };
}

test('inspect, report and evaluate agree on a fine-tuned run', async () => {
  const run = await smallRun(twoShortPhases);
  const { totals } = (await printed('inspect', run)) as NetworkInspection;
  const { groups } = (await printed('report', dirname(run))) as { groups: { rows: Row[] }[] };
  const evaluation = (await printed('evaluate', run)) as RunEvaluation;
  const row = groups[0]?.rows[0];
  // The folded batch norm is part of the weights, and gives the convolution a bias per channel.
  expect(totals.parameters).toBe(25 * 2 + 2 + 50 * 10 + 10);
  expect(row?.compressedBytes).toBe(totals.parameterBytes);
  for (const { gbops, relativeBopsPercent } of [totals, evaluation]) {
    expect(gbops).toBe(row?.gbops.mean);
    expect(relativeBopsPercent).toBe(row?.relativeBopsPercent.mean);
  }
});
