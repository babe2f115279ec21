import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFakeSweep } from '../helpers/fake-sweep.js';
import { decodedReport, reportPlace } from './run-report.js';

test('methods are compared at a cost, in words and in numbers', async () => {
  const place = await reportPlace();
  const rest = { epochs: 4 };
  await writeFakeSweep(join(place.sweep, 'a'), [0.02, 1], [1, 2, 3], rest);
  const config = 'dataset: mnist\nmodel: lenet5\ngates: {sampling: deterministic}\n';
  await writeFakeSweep(join(place.sweep, 'b'), [0.02, 1], [1, 2, 3], {
    ...rest,
    config,
    bestAccuracy: 90,
  });
  const { code, stdout, stderr } = await place.report('sweep', '--at', '0.5,90', '--above', '50');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /\nAccuracy at 0\.5 % BOPs\n {2}Bayesian Bits: 9\d\.\d\d ± \d\.\d\d % \(n = 3\)\n {2}deterministic gates: 8/,
  );
  expect(stdout).toMatch(
    /Bayesian Bits minus deterministic gates: \+9\.\d\d ± 0\.\d\d \(3 pairs\): the 95 %\s+interval does not contain 0\n/,
  );
  expect(stdout).toContain('\nAccuracy at 90 % BOPs\n  Bayesian Bits: no seed reaches this cost\n');
  expect(stdout).toMatch(/\nHypervolume above 50 % accuracy from \d/);
  expect(stdout).toContain('± is half the 95 % interval');

  const json = await place.report('sweep', '--at', '0.5', '--json', '--plus-minus', 'error');
  const [group] = decodedReport(json.stdout).groups;
  expect(group?.comparison).toMatchObject({
    unit: 'percent',
    atCosts: [{ cost: 0.5, named: { unit: 'percent', value: 0.5 } }],
    without: [],
  });
  expect(group?.comparison?.atCosts[0]?.differences).toMatchObject([
    {
      method: 'Bayesian Bits',
      less: 'deterministic gates',
      of: { by: 'pairs', counts: [3], holdsZero: false },
    },
  ]);
  expect(await place.read('sweep', 'report', 'report.md')).toContain('± is the standard error');

  const bad = await place.report('sweep', '--at', 'much');
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(bad.stderr).toContain('Expected percentages above 0');
});

test('methods of networks that differ in size are compared at bit operations, not at percentages', async () => {
  const place = await reportPlace();
  for (const [name, width] of [
    ['narrow', 0.75],
    ['wide', 1],
  ] as const) {
    await writeFakeSweep(join(place.sweep, name), [0.02, 1], [1, 2], {
      epochs: 4,
      config: `dataset: mnist\nmodel: {name: lenet5, width: ${width}}\n`,
      bestAccuracy: width === 1 ? 99 : 95,
    });
  }
  const { code, stdout } = await place.report('sweep', '--at', '20M,0.5');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /\nAccuracy at 20.0 M BOPs\n {2}width 0.75: 9\d.*\(n = 2\)\n {2}width 1: 9/,
  );
  expect(stdout).toMatch(/width 0.75 minus width 1: −\d.*\(Welch, n = 2 and 2\)/);
  expect(stdout).toMatch(/\nAccuracy at 0.5 % BOPs\n {2}Networks differ in size here, /);
  expect(stdout).toMatch(/\nHypervolume above \d+ % accuracy from [\d.]+ M to [\d.]+ M BOPs, in/);
  const comparison = decodedReport(await place.read('sweep', 'report', 'pareto.json')).groups[0]
    ?.comparison;
  expect(comparison).toMatchObject({
    unit: 'bops',
    atCosts: [{ cost: 2e7, named: { unit: 'bops', value: 2e7 } }],
    without: [{ unit: 'percent', value: 0.5 }],
  });
});
