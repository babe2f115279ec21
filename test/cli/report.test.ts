import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeFakeSweep } from '../helpers/fake-sweep.js';
import type { Ended } from '../helpers/run-bbits.js';
import { decodedReport, reportPlace, type ReportPlace } from './run-report.js';

const files = [
  'pareto-seeds.csv',
  'pareto.csv',
  'pareto.json',
  'pareto.pdf',
  'pareto.png',
  'pareto.svg',
  'report.html',
  'report.md',
  'report.tex',
];

/** Expect that the page and the figure refer to nothing outside the report. */
function expectSelfContained(html: string, svg: string): void {
  expect(html).not.toMatch(/\b(?:src|href)\s*=\s*"(?!data:|#)/);
  expect(html).not.toMatch(/@import|url\((?!data:|#)/);
  for (const text of [html, svg]) {
    const addresses = text.match(/https?:[^\s"'<)]+/g) ?? [];
    // XML namespaces of SVG.
    expect(addresses.filter((address) => !address.includes('www.w3.org'))).toEqual([]);
  }
}

describe('a sweep', () => {
  let place: ReportPlace;
  let reported: Ended;

  beforeAll(async () => {
    place = await reportPlace();
    await writeFakeSweep(place.sweep, [0.02, 0.1, 1], [1, 2], { epochs: 4 });
    reported = await place.report('sweep');
  });

  test('is reported as a table of 80 columns, with the definition of BOPs, and nine files', async () => {
    const { code, stdout, stderr } = reported;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^lenet5 on mnist\n\n {2}mu +n +Accuracy % +BOPs % +BOPs +W bits +A bits +Kept % +Size\n/,
    );
    expect(stdout).toMatch(/^[* ] 0\.02 +2 +\d\d\.\d\d±0\.\d+ +[\d.]+±[\d.]+ +[\d.]+ M /m);
    expect(stdout.match(/^[* ] [\d.]+ +2 /gm)).toHaveLength(3);
    expect(stdout).toContain('Published: Bayesian Bits, 99.30 % at 0.36 % (van Baalen et al.');
    expect(stdout).toContain('BOPs = sum over layers of MACs * weight bits * input bits');
    expect(stdout).toContain('\nThe report is in sweep/report\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await readdir(join(place.sweep, 'report'))).toEqual(files);

    const csv = (await place.read('sweep', 'report', 'pareto.csv')).split('\r\n');
    expect(csv).toHaveLength(5);
    expect(csv[0]).toMatch(/^dataset,network,method,point,mu,seeds,test_accuracy_percent,/);
    expect(csv[1]).toMatch(/^mnist,lenet5,,mu 0\.02,0\.02,2,/);
    const markdown = await place.read('sweep', 'report', 'report.md');
    expect(markdown).toContain('## lenet5 on mnist\n');
    expect(markdown).toMatch(/^\| (\\\*|\s) \| 0\.02 \| 2 \| \d\d\.\d\d ± /m);
    const latex = await place.read('sweep', 'report', 'report.tex');
    expect(latex).toMatch(/\\toprule[^]*Accuracy \\%[^]*\\midrule[^]*\$\\pm\$[^]*\\bottomrule/);
    // LaTeX would take a plain star after the end of a row as part of it.
    expect(latex).toMatch(/\\\\\n {4}\$\*\$ & [\d.]+ & 2 & /);
    expect(latex).not.toMatch(/^\s*\*/m);
    for (const text of [markdown, latex]) expect(text).toContain('BOPs = sum over layers');
    const png = await readFile(join(place.sweep, 'report', 'pareto.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(10_000);
  });

  test('is reported as a self-contained page', async () => {
    const html = await place.read('sweep', 'report', 'report.html');
    expectSelfContained(html, await place.read('sweep', 'report', 'pareto.svg'));
    expect(html.match(/<details /g)).toHaveLength(6);
    // The trade-off for a window and for a phone, and the epochs.
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(html.match(/<table class="gates">/g)).toHaveLength(6);
    expect(html).toMatch(/<th scope="row">conv1\/weight<\/th><td data-open="1-?\d*:[^"]+"><span>/);
    expect(html.match(/<mark>mu: 0.02<\/mark>/g)).toHaveLength(1);
    expect(html.match(/<pre>seed: \d\nmu: 0.02<\/pre>/g)).toHaveLength(2);
    // Ids used in a figure are its own.
    const names = Array.from(html.matchAll(/ id="([^"]+)"/g), ([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('is reported as a page that links each number to its runs', async () => {
    const html = await place.read('sweep', 'report', 'report.html');
    const names = Array.from(html.matchAll(/ id="([^"]+)"/g), ([, name]) => name);
    const links = Array.from(html.matchAll(/href="#([^"]+)"/g), ([, name]) => name);
    expect(links.filter((link) => !names.includes(link))).toEqual([]);
    const times = (name: string) => links.filter((link) => link === name).length;
    // The row's seeds, its marks in two figures; each run's line in the table of layers.
    expect([0, 1, 2].map((row) => times(`group0-row${row}`))).toEqual([3, 3, 3]);
    expect([0, 1].map((run) => times(`group0-row0-run${run}`))).toEqual([1, 1]);
    expect(html).toMatch(/<h5 id="group0-row0">mu 0.02: [\d.]+ ± [\d.]+ % at .* \(2 runs\)<\/h5>/);
  });

  test('is reported again with the same bytes, replacing the first report', async () => {
    const contents = () =>
      Promise.all(files.map((name) => readFile(join(place.sweep, 'report', name))));
    const first = await contents();
    expect(await place.report('sweep')).toMatchObject({ code: 0 });
    expect((await contents()).map((bytes, i) => bytes.equals(first[i] as Buffer))).toEqual(
      files.map(() => true),
    );
  });

  test('as JSON equals pareto.json, with nothing else on stdout', async () => {
    const { code, stdout } = await place.report('sweep', '--json', '--out', 'elsewhere');
    expect(code).toBe(0);
    expect(stdout).toBe(await place.read('elsewhere', 'pareto.json'));
    const [group, ...others] = decodedReport(stdout).groups;
    expect(others).toEqual([]);
    expect(group?.rows.map(({ mu, seeds }) => [mu, ...seeds])).toEqual([
      [0.02, 1, 2],
      [0.1, 1, 2],
      [1, 1, 2],
    ]);
    expect(group?.rows[0]?.runs).toEqual(['sweep/mu-0.02-seed-1', 'sweep/mu-0.02-seed-2']);
  });
});

test('settings that differ are above their rows; one seed has no spread', async () => {
  const place = await reportPlace();
  await place.point('a', 0.1, 1);
  const config = 'dataset: mnist\nmodel: lenet5\ngates: {sampling: deterministic}\n';
  await place.point('b', 0.1, 1, { config });
  const { stdout } = await place.report('sweep', '--json');
  const rows = decodedReport(stdout).groups[0]?.rows ?? [];
  expect(rows.map((row) => row.testAccuracyPercent.standardError)).toEqual([null, null]);
  expect((await place.report('sweep')).stdout).toMatch(
    /\nBayesian Bits\n[* ] 0\.1 .*\ndeterministic gates\n[* ] 0\.1 /,
  );
});

test('markup in a run’s files is escaped in every file of the report', async () => {
  const place = await reportPlace();
  const hostile = '<script>alert(1)</script>\u001b[31m';
  await place.point('run', 0.1, 1);
  await place.point('bad', 1, 1, { status: { status: 'failed', reason: hostile } });
  const { stdout } = await place.report('sweep');
  expect(stdout).toContain('\\u{1b}[31m');
  const html = await place.read('sweep', 'report', 'report.html');
  expect(html).toContain('&#60;script&#62;alert(1)');
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(await place.read('sweep', 'report', 'report.md')).toContain('\\<script\\>');
});

test('bad usage exits 2, and help has examples within 80 columns', async () => {
  const place = await reportPlace();
  expect(await place.report()).toMatchObject({ code: 2, stdout: '' });
  const missing = await place.report('no-such-folder');
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toContain(
    'no-such-folder: found no such folder, expected a folder with runs',
  );
  const { code, stdout } = await place.report('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n  bbits report results/lenet5-sweep');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
