import { describe, expect, test } from 'vitest';
import type { IntegerEvaluation } from '../../src/runs/integers/evaluate-integers.js';
import { bbits } from '../helpers/run-bbits.js';
import { exportableRuns } from './exportable-runs.js';

/** Evaluates each kind of network in integers and in floats. */

const isInFullPrecision = ({ what }: { readonly what: string }) =>
  what.includes('in full precision');

describe.each(exportableRuns.filter((run) => !isInFullPrecision(run)))('$what', ({ make }) => {
  test('predicts the same classes in integers as in floats', async () => {
    const args = ['evaluate', await make(), '--integer', '--json'];
    const { code, stdout, stderr } = await bbits(args, process.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = JSON.parse(stdout) as IntegerEvaluation;
    expect(found.images).toBeGreaterThanOrEqual(60);
    // An untrained network has many distinct values, some of them at a tie.
    expect(found.explained.length).toBeLessThanOrEqual(3);
    expect(found.explained.map(({ why }) => why)).not.toContain('unexplained');
    expect(found.accumulators.length).toBeGreaterThanOrEqual(3);
  });
});

describe.each(exportableRuns.filter(isInFullPrecision))('$what', ({ make }) => {
  test('is refused, naming the layers in full precision', async () => {
    const args = ['evaluate', await make(), '--integer'];
    const { code, stdout, stderr } = await bbits(args, process.env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('conv1/weight in full precision, conv1/activation in full precision');
  });
});
