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
    /Bayesian Bits less deterministic gates: \+9\.\d\d ± 0\.\d\d \(3 pairs\): the 95 %\s+interval does not hold 0\n/,
  );
  expect(stdout).toContain('\nAccuracy at 90 % BOPs\n  Bayesian Bits: no seed reaches it\n');
  expect(stdout).toMatch(/\nHypervolume above 50 % accuracy from \d/);
  expect(stdout).toContain('± is half the 95 % interval');

  const json = await place.report('sweep', '--at', '0.5', '--json', '--plus-minus', 'error');
  const [group] = decodedReport(json.stdout).groups;
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
