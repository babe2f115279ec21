import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodedReport, reportPlace, type ReportPlace } from './run-report.js';

let place: ReportPlace;

beforeEach(async () => {
  place = await reportPlace();
});

test('damaged and unfinished runs are listed, and the rest is reported', async () => {
  await place.point('good', 0.1, 1);
  await place.point('diverged', 1, 1, {
    status: { status: 'diverged', reason: 'The loss is NaN.' },
  });
  await place.point('failed', 1, 2, { status: { status: 'failed', reason: 'No data.' } });
  await place.point('good.interrupted-1', 0.1, 1, { status: { status: 'interrupted' } });
  await place.point('newer', 0.2, 1);
  await writeFile(join(place.sweep, 'newer', 'result.json'), '{ "format": 2 }');
  await place.point('cut', 0.3, 1);
  const metrics = await place.read('sweep', 'cut', 'metrics.jsonl');
  await writeFile(join(place.sweep, 'cut', 'metrics.jsonl'), metrics.slice(0, -9));
  await mkdir(join(place.sweep, 'notes'));
  await writeFile(join(place.sweep, 'notes', 'todo.txt'), 'nothing');
  await writeFile(join(place.sweep, 'result.json'), 'of something else');

  const { code, stdout, stderr } = await place.report('sweep');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^[* ] [\d.]+ +1 /gm)).toHaveLength(2);
  expect(stdout).not.toContain('±');
  expect(stdout).toContain('  diverged    sweep/diverged\n              The loss is NaN.\n');
  expect(stdout).toMatch(
    / {2}failed {6}sweep\/failed\n +No data\.\n +[\d.]+ % at .* epoch 2 of 4\n/,
  );
  expect(stdout).toMatch(
    / {2}unreadable {2}sweep\/newer\n +sweep\/newer\/result\.json: found format 2/,
  );
  expect(stdout).toContain('A run that ended early is not listed');
  expect(stdout).toContain('  sweep/cut/metrics.jsonl: its last line is cut off, and left out\n');
  expect(stdout).not.toContain('todo');
  const html = await place.read('sweep', 'report', 'report.html');
  expect(html).toContain('diverged: sweep/diverged; The loss is NaN.');
});

describe('without a finished run', () => {
  test('the others are listed, nothing is written, exit 1', async () => {
    await place.point('failed', 1, 2, { status: { status: 'failed', reason: 'No data.' } });
    const { code, stdout, stderr } = await place.report('sweep');
    expect(code).toBe(1);
    expect(stdout).toContain('  failed      sweep/failed\n');
    expect(stderr).toContain('sweep: expected finished runs, found only 1 unfinished.');
    expect(await readdir(place.sweep)).toEqual(['failed']);
    const json = await place.report('sweep', '--json');
    expect(json.code).toBe(1);
    expect(decodedReport(json.stdout).unfinished).toMatchObject([{ status: 'failed' }]);
  });

  test('an empty folder says so, exit 1', async () => {
    await mkdir(place.sweep);
    const { code, stdout, stderr } = await place.report('sweep');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('found no runs');
  });
});
