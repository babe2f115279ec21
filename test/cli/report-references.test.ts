import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { reportPlace, type ReportPlace } from './run-report.js';

let place: ReportPlace;

beforeEach(async () => {
  place = await reportPlace();
});

describe('the user’s own published results', () => {
  const mine = `- network: lenet5
  dataset: mnist
  method: Other <method> & co
  accuracyPercent: 99.1
  relativeBopsPercent: 0.2
  source: Somebody, 2026
`;

  test('are shown beside the others', async () => {
    await place.point('run', 0.1, 1);
    await writeFile(join(place.folder, 'mine.yaml'), mine);
    const { code, stdout } = await place.report('sweep', '--references', 'mine.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('Published: Other <method> & co, 99.10 % at 0.2 % (Somebody, 2026)\n');
    expect(await place.read('sweep', 'report', 'report.html')).toContain(
      'Other &#60;method&#62; &#38; co',
    );
    expect(await place.read('sweep', 'report', 'report.tex')).toContain(
      'Other \\textless{}method\\textgreater{} \\& co',
    );
    expect(await place.read('sweep', 'report', 'report.md')).toContain('Other \\<method\\> \\& co');
  });

  test.each([
    ['99.1', '101', 'in entry 1 (accuracyPercent)'],
    ['source: Somebody, 2026', 'sourse: x', 'in entry 1'],
    ['- network: lenet5', '- lenet5\n- network: lenet5', 'found an invalid value in entry 1: '],
    ['method: Other', 'method: [', 'not valid YAML'],
  ])('with %s as %s are refused, exit 2', async (from, to, message) => {
    await place.point('run', 0.1, 1);
    await writeFile(join(place.folder, 'mine.yaml'), mine.replace(from, to));
    const { code, stdout, stderr } = await place.report('sweep', '--references', 'mine.yaml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('mine.yaml: ');
    expect(stderr).toContain(message);
  });

  test('that are missing are reported, exit 2', async () => {
    await place.point('run', 0.1, 1);
    const { code, stderr } = await place.report('sweep', '--references', 'no.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('no.yaml: found no such file, expected a list of published results');
  });
});
