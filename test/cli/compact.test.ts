import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { folderSize } from '../../src/files/folder-size.js';
import { mostChannels } from '../../src/runs/folder/compact-metrics-file.js';
import { lockRun } from '../../src/runs/folder/run-lock.js';
import { writeStatus } from '../../src/runs/folder/status-file.js';
import { startBbits } from '../helpers/run-bbits.js';
import { reportPlace, type ReportPlace } from './run-report.js';

/** In a residual block the cost depends on which channels are dropped, not only on their number. */
const residual = `dataset: mnist
model:
  layers:
    - { type: convolution, name: conv1, filters: 8, kernel: 5, stride: 2, batchNorm: folded }
    - type: residual
      name: block
      branch: [{ type: convolution, name: conv2, filters: 8, kernel: 3, padding: 1, batchNorm: folded }]
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
`;

let place: ReportPlace;
let first: string;

beforeEach(async () => {
  place = await reportPlace();
  first = join(place.sweep, 'first');
  await place.point('first', 0.5, 1);
  await place.point('residual', 0.2, 1, { config: residual });
  await writeFile(join(first, 'checkpoint.bbits'), 'training');
  await writeFile(join(first, 'weights.safetensors'), 'weights');
  await writeFile(join(first, 'events.out.tfevents.0001.bbits'), 'events');
});

const compact = (...args: string[]) =>
  startBbits(['runs', 'compact', ...args], process.env, place.folder).ended;
const namesIn = async (folder: string) => (await readdir(folder)).sort();
const whole = ['config.yaml', 'metrics.jsonl', 'result.json', 'run.json', 'status.json'];
const small = ['config.yaml', 'metrics.compact.jsonl', 'result.json', 'run.json', 'status.json'];

test('tables, figures and pages are the same bytes before and after compaction', async () => {
  await place.report('sweep', '--out', 'before');
  const { code, stderr } = await compact('sweep');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await namesIn(join(place.sweep, 'residual'))).toEqual(small);
  const again = await place.report('sweep', '--out', 'after');
  expect(again).toMatchObject({ code: 0, stderr: '' });
  const files = await namesIn(join(place.folder, 'before'));
  expect(files).toEqual(expect.arrayContaining(['pareto.json', 'pareto.svg', 'report.html']));
  for (const file of files) {
    const [before, after] = await Promise.all(
      ['before', 'after'].map((folder) => readFile(join(place.folder, folder, file))),
    );
    expect(after && before?.equals(after), file).toBe(true);
  }
});

test('reports sizes before and after, keeps weights and events, and compacts only once', async () => {
  const before = await folderSize(first);
  const json = () =>
    Promise.all(['run.json', 'result.json'].map((name) => readFile(join(first, name), 'utf8')));
  const indented = await json();
  const { stdout } = await compact('sweep/first');
  const lines = await json();
  expect(lines.map((text) => text.split('\n'))).toEqual([
    [expect.anything(), ''],
    [expect.anything(), ''],
  ]);
  expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual(
    indented.map((text) => JSON.parse(text) as unknown),
  );
  expect(stdout).toMatch(
    /^Run +Before +After\nsweep\/first +[\d.]+ kB +[\d.]+ kB\nCompacted 1 run: /,
  );
  expect(await namesIn(first)).toEqual(
    [...small, 'events.out.tfevents.0001.bbits', 'weights.safetensors'].sort(),
  );
  expect(await folderSize(first)).toBeLessThan(before / 2);
  const { mtimeNs } = await stat(join(first, 'metrics.compact.jsonl'), { bigint: true });
  expect(await compact('sweep/first')).toEqual({
    code: 0,
    stdout: 'Already compact: 1 run\n',
    stderr: '',
  });
  expect((await stat(join(first, 'metrics.compact.jsonl'), { bigint: true })).mtimeNs).toBe(
    mtimeNs,
  );
  // Events on another disk, which is missing.
  await symlink('nowhere', join(first, 'events.out.tfevents.0002.bbits'));
  const { code, stderr } = await compact('sweep', '--without-weights', '--without-events');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await namesIn(first)).toEqual(small);
});

test('--dry-run prints the same, and changes nothing', async () => {
  const predicted = await compact('sweep', '--dry-run');
  expect(predicted.stdout).toMatch(
    /\n2 runs of [\d.]+ kB would take [\d.]+ kB\. Nothing was changed\.\n$/,
  );
  expect(await namesIn(join(place.sweep, 'residual'))).toEqual(whole);
  const done = await compact('sweep');
  const table = (text: string) => text.split('\n').slice(0, 3);
  expect(table(predicted.stdout)).toEqual(table(done.stdout));
  const bytes = (await folderSize(first)) + (await folderSize(join(place.sweep, 'residual')));
  expect(done.stdout).toContain(`, ${(bytes / 1000).toPrecision(3)} kB after\n`);
});

test('reads a run whose compaction was interrupted, and finishes it next time', async () => {
  const metrics = await readFile(join(first, 'metrics.jsonl'));
  await compact('sweep/first');
  const compacted = await readFile(join(first, 'metrics.compact.jsonl'));
  await writeFile(join(first, 'metrics.jsonl'), metrics);
  await writeFile(join(first, 'metrics.compact.jsonl'), 'of another version');
  expect(await place.report('sweep')).toMatchObject({ code: 0, stderr: '' });
  expect(await compact('sweep/first')).toMatchObject({ code: 0 });
  expect(await readFile(join(first, 'metrics.compact.jsonl'))).toEqual(compacted);
  expect(await namesIn(first)).not.toContain('metrics.jsonl');
});

test('an error midway is reported, and the same command compacts the rest', async () => {
  const obstacle = join(place.sweep, 'residual', 'metrics.compact.jsonl.tmp');
  await mkdir(obstacle);
  const { code, stdout, stderr } = await compact('sweep');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Run +Before +After\nsweep\/first +[\d.]+ kB +[\d.]+ kB\n$/);
  expect(stderr).toContain('sweep/residual/metrics.compact.jsonl: cannot be written (EISDIR');
  expect(stderr).toMatch(/\n1 of 2 runs were compacted; the same command compacts the rest\.\n$/);
  await rm(obstacle, { recursive: true });
  expect((await compact('sweep')).stdout).toContain('\nAlready compact: 1 run\nCompacted 1 run: ');
});

describe('refuses, without changes,', () => {
  async function expectRefused(message: string): Promise<void> {
    const { code, stdout, stderr } = await compact('sweep');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nNothing was changed\.\n$/);
    expect(await namesIn(first)).toContain('metrics.jsonl');
  }

  test('an unfinished run', async () => {
    const status = { status: 'failed', reason: 'No data.' } as const;
    await place.point('broken', 0.1, 1, { status });
    await expectRefused(
      'sweep/broken: expected a run that has finished, found one whose status is failed (No data.). Finish it, ' +
        'or name other folders.',
    );
  });

  test('a run in use by a process', async () => {
    const run = join(place.sweep, 'residual');
    await lockRun(run, async () => {
      await expectRefused(
        'sweep/residual: expected a run that no process works on, found one held',
      );
      await writeStatus(run, { status: 'running' });
      await expectRefused(
        'sweep/residual: expected a run that no process works on, found one held',
      );
    });
  });

  test('damaged or missing metrics', async () => {
    const path = join(place.sweep, 'residual', 'metrics.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"epoch":2', '"epoch":"two"'));
    await expectRefused(
      'sweep/residual: expected the metrics of 4 epochs, found those of 3 (sweep/residual/metrics.jsonl: ' +
        'line 2 is damaged, and left out). Put metrics.jsonl back',
    );
    await rm(path);
    await expectRefused('sweep/residual: expected the metrics of 4 epochs, found those of 0. Put');
  });

  test('metrics that it could not restore', async () => {
    const path = join(place.sweep, 'residual', 'metrics.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('"16":', '"17":'));
    await expectRefused(
      'sweep/residual: expected metrics that fit in metrics.compact.jsonl, with bit widths 2, 4, 8, 16, 32 ' +
        'and names of at most 400 characters, found others. Name other folders',
    );
    // As many channels in one convolution as both together may have; the other has 8.
    const phi = `"2":[${'1,'.repeat(mostChannels - 1)}1]`;
    const [last = '', ...others] = text.trimEnd().split('\n').reverse();
    const lines = [...others.reverse(), last.replace(/"2":\[[^\]]*\]/, phi)];
    await writeFile(path, `${lines.join('\n')}\n`);
    await expectRefused(
      'sweep/residual: expected metrics that fit in metrics.compact.jsonl, with at most 1048576 channels, ' +
        'found 1048584. Name other folders',
    );
  });
});

test('a compacted run cannot be resumed, and says why; it is listed as before', async () => {
  const list = () => startBbits(['runs', 'sweep', '--json'], process.env, place.folder).ended;
  const withoutBytes = (text: string) => text.replaceAll(/"bytes": \d+/g, '');
  const before = await list();
  await cp(first, join(place.folder, 'bare'), { recursive: true });
  await compact('sweep');
  expect(withoutBytes((await list()).stdout)).toBe(withoutBytes(before.stdout));
  const resume = (...args: string[]) =>
    startBbits(['resume', ...args], process.env, place.folder).ended;
  expect(await resume('sweep/first')).toEqual({
    code: 0,
    stdout: 'sweep/first is finished, and compact: it cannot be extended\n',
    stderr: '',
  });
  const extended = await resume('sweep/first', '--extend', '2');
  expect(extended).toMatchObject({ code: 1, stdout: '' });
  expect(extended.stderr).toContain(
    'sweep/first: expected a run with its checkpoint and metrics, found one compacted by bbits runs ' +
      'compact. Start another run from its weights, with from: sweep/first, or train it again: ' +
      'bbits train sweep/first/config.yaml',
  );
  await compact('bare', '--without-weights');
  const bare = await resume('bare', '--extend', '2');
  expect(bare.stderr).toContain('For more epochs, train it again: bbits train bare/config.yaml');
});

test('bad usage exits 2, and help has examples within 80 columns', async () => {
  expect(await compact()).toMatchObject({ code: 2, stdout: '' });
  expect(await compact('no-such-folder')).toMatchObject({ code: 2, stdout: '' });
  expect(await compact('sweep', '--without-all')).toMatchObject({ code: 2, stdout: '' });
  const { code, stdout } = await compact('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n  bbits runs compact');
  const needs =
    "evaluate, inspect, export and sensitivity need them, and so do keys 'from' and 'teacher.run'";
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(needs);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
