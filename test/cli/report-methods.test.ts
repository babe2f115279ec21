import { beforeEach, expect, test } from 'vitest';
import { decodedReport, reportPlace, type ReportPlace } from './run-report.js';

let place: ReportPlace;

beforeEach(async () => {
  place = await reportPlace();
  const config = (more: string) => ({ config: `dataset: mnist\nmodel: lenet5\n${more}` });
  await place.point('plain/a', 0.1, 1);
  await place.point('plain/b', 1, 1);
  await place.point(
    'static/a',
    0.1,
    1,
    config('quantization: {weights: 4, activations: 4, channels: all}\n'),
  );
});

const methods = async (...options: string[]) => {
  const { stdout, stderr } = await place.report('sweep', '--json', ...options);
  expect(stderr).toBe('');
  return decodedReport(stdout).groups.flatMap(({ rows }) =>
    rows.map(({ method, point, mu, onFrontOfMethod }) => [method, point, mu, onFrontOfMethod]),
  );
};

test('rows are grouped by method, by folder label or by key, and others omitted', async () => {
  expect(await methods()).toEqual([
    ['Bayesian Bits', 'mu 0.1', 0.1, true],
    ['Bayesian Bits', 'mu 1', 1, true],
    ['static', 'w4a4', null, true],
  ]);
  expect(await methods('--label', 'sweep/plain=Ours', '--only', 'ours')).toEqual([
    ['Ours', 'mu 0.1', 0.1, true],
    ['Ours', 'mu 1', 1, true],
  ]);
  const byWeights = await methods('--group-by', 'quantization.weights');
  expect(new Set(byWeights.map(([method]) => method))).toEqual(
    new Set(['weights learned', 'weights 4']),
  );
});

test.each([
  [['--label', 'sweep/plain'], '--label: found sweep/plain, expected FOLDER=NAME'],
  [['--label', 'elsewhere=Ours'], '--label: found no finished run in elsewhere'],
  [
    ['--only', 'nobody'],
    '--only, --against: found nobody, expected the name of a method in the report: Bayesian Bits; static.',
  ],
  [['--group-by', 'nothing'], '--group-by: found nothing, expected a key of the runs’ configs'],
])('%j is refused, exit 2', async (options, message) => {
  const { code, stdout, stderr } = await place.report('sweep', ...options);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
