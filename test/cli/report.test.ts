import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { reportFile } from '../../src/report/files/json.js';
import { writeFakePoint, writeFakeSweep } from '../helpers/fake-sweep.js';
import { startBbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const files = [
  'pareto.csv',
  'pareto.json',
  'pareto.png',
  'pareto.svg',
  'report.html',
  'report.md',
  'report.tex',
];

let folder: string;
let sweep: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  sweep = join(folder, 'sweep');
});

const report = (...args: string[]) => startBbits(['report', ...args], process.env, folder).ended;
const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const point = (name: string, mu: number, seed: number, rest = {}) =>
  writeFakePoint(join(sweep, name), { mu, seed, epochs: 4, ...rest });

function decoded(text: string) {
  const { data } = reportFile.decode(text);
  if (data === undefined) throw new Error(`no report: ${text}`);
  return data;
}

/** The page, the pictures and whatever else is in the report: none of it refers to another place. */
async function expectSelfContained(html: string): Promise<void> {
  expect(html).not.toMatch(/\b(?:src|href)\s*=\s*"(?!data:)/);
  expect(html).not.toMatch(/@import|url\((?!data:|#)/);
  for (const text of [html, await read('sweep', 'report', 'pareto.svg')]) {
    const addresses = text.match(/https?:[^\s"'<)]+/g) ?? [];
    // Names of the SVG language.
    expect(addresses.filter((address) => !address.includes('www.w3.org'))).toEqual([]);
  }
}

describe('a sweep', () => {
  beforeEach(() => writeFakeSweep(sweep, [0.02, 0.1, 1], [1, 2], { epochs: 4 }));

  test('is a table of 80 columns, with the definition of BOPs, and seven files', async () => {
    const { code, stdout, stderr } = await report('sweep');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^lenet5 on mnist\n\n {2}mu +n +Accuracy % +BOPs % +GBOPs +W bits +A bits +Kept % +Size\n/,
    );
    expect(stdout).toMatch(/^[* ] 0\.02 +2 +\d\d\.\d\d±0\.\d+ +[\d.]+±[\d.]+ +0\.\d+ /m);
    expect(stdout.match(/^[* ] [\d.]+ +2 /gm)).toHaveLength(3);
    expect(stdout).toContain('Published: Bayesian Bits, 99.30 % at 0.36 % (van Baalen et al.');
    expect(stdout).toContain('BOPs = sum over layers of MACs * weight bits * input bits');
    expect(stdout).toContain('\nThe report is in sweep/report\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await readdir(join(sweep, 'report'))).toEqual(files);

    const csv = (await read('sweep', 'report', 'pareto.csv')).split('\r\n');
    expect(csv).toHaveLength(5);
    expect(csv[0]).toMatch(/^dataset,network,setting,mu,seeds,test_accuracy_percent,/);
    expect(csv[1]).toMatch(/^mnist,lenet5,,0\.02,2,/);
    const markdown = await read('sweep', 'report', 'report.md');
    expect(markdown).toContain('## lenet5 on mnist\n');
    expect(markdown).toMatch(/^\| (\\\*|\s) \| 0\.02 \| 2 \| \d\d\.\d\d ± /m);
    const latex = await read('sweep', 'report', 'report.tex');
    expect(latex).toMatch(/\\toprule[^]*Accuracy \\%[^]*\\midrule[^]*\$\\pm\$[^]*\\bottomrule/);
    // A plain star after the end of a row would be taken for a part of it.
    expect(latex).toMatch(/\\\\\n {4}\$\*\$ & [\d.]+ & 2 & /);
    expect(latex).not.toMatch(/^\s*\*/m);
    for (const text of [markdown, latex]) expect(text).toContain('BOPs = sum over layers');
    const png = await readFile(join(sweep, 'report', 'pareto.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(10_000);
  });

  test('is a page that needs nothing else', async () => {
    expect(await report('sweep')).toMatchObject({ code: 0 });
    const html = await read('sweep', 'report', 'report.html');
    await expectSelfContained(html);
    expect(html.match(/<details>/g)).toHaveLength(6);
    expect(html.match(/<svg /g)).toHaveLength(3 + 2 * 6);
    expect(html.match(/<mark>mu: 0.02<\/mark>/g)).toHaveLength(2);
    // Names that are used inside of a picture are its own.
    const names = Array.from(html.matchAll(/ id="([^"]+)"/g), ([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('is the same bytes again, in the place of the first', async () => {
    expect(await report('sweep')).toMatchObject({ code: 0 });
    const contents = () => Promise.all(files.map((name) => readFile(join(sweep, 'report', name))));
    const first = await contents();
    expect(await report('sweep')).toMatchObject({ code: 0 });
    expect((await contents()).map((bytes, i) => bytes.equals(first[i] as Buffer))).toEqual(
      files.map(() => true),
    );
  });

  test('as JSON is what pareto.json has, and nothing else on stdout', async () => {
    const { code, stdout } = await report('sweep', '--json', '--out', 'elsewhere');
    expect(code).toBe(0);
    expect(stdout).toBe(await read('elsewhere', 'pareto.json'));
    const [group, ...others] = decoded(stdout).groups;
    expect(others).toEqual([]);
    expect(group?.rows.map(({ mu, seeds }) => [mu, ...seeds])).toEqual([
      [0.02, 1, 2],
      [0.1, 1, 2],
      [1, 1, 2],
    ]);
    expect(group?.rows[0]?.runs).toEqual(['sweep/mu-0.02-seed-1', 'sweep/mu-0.02-seed-2']);
  });
});

test('runs that are damaged or have not finished are told, and the rest is reported', async () => {
  await point('good', 0.1, 1);
  await point('diverged', 1, 1, { status: { status: 'diverged', reason: 'The loss is NaN.' } });
  await point('failed', 1, 2, { status: { status: 'failed', reason: 'No data.' } });
  await point('good.interrupted-1', 0.1, 1, { status: { status: 'interrupted' } });
  await point('newer', 0.2, 1);
  await writeFile(join(sweep, 'newer', 'result.json'), '{ "format": 2 }');
  await point('cut', 0.3, 1);
  const metrics = await read('sweep', 'cut', 'metrics.jsonl');
  await writeFile(join(sweep, 'cut', 'metrics.jsonl'), metrics.slice(0, -9));
  await mkdir(join(sweep, 'notes'));
  await writeFile(join(sweep, 'notes', 'todo.txt'), 'nothing');
  await writeFile(join(sweep, 'result.json'), 'of something else');

  const { code, stdout, stderr } = await report('sweep');
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
  const html = await read('sweep', 'report', 'report.html');
  expect(html).toContain('diverged: sweep/diverged; The loss is NaN.');
});

test('settings that differ stand above their rows; one seed has no spread', async () => {
  await point('a', 0.1, 1);
  const config = 'dataset: mnist\nmodel: lenet5\ngates: {sampling: deterministic}\n';
  await point('b', 0.1, 1, { config });
  const { stdout } = await report('sweep', '--json');
  const rows = decoded(stdout).groups[0]?.rows ?? [];
  expect(rows.map((row) => row.testAccuracyPercent.standardError)).toEqual([null, null]);
  expect((await report('sweep')).stdout).toMatch(
    /\nBayesian Bits\n[* ] 0\.1 .*\nBayesian Bits, deterministic gates\n[* ] 0\.1 /,
  );
});

describe('without a finished run', () => {
  test('the others are listed, nothing is written, exit 1', async () => {
    await point('failed', 1, 2, { status: { status: 'failed', reason: 'No data.' } });
    const { code, stdout, stderr } = await report('sweep');
    expect(code).toBe(1);
    expect(stdout).toContain('  failed      sweep/failed\n');
    expect(stderr).toContain('sweep: expected finished runs, found only 1 that have not finished.');
    expect(await readdir(sweep)).toEqual(['failed']);
    const json = await report('sweep', '--json');
    expect(json.code).toBe(1);
    expect(decoded(json.stdout).unfinished).toMatchObject([{ status: 'failed' }]);
  });

  test('an empty folder says so, exit 1', async () => {
    await mkdir(sweep);
    const { code, stdout, stderr } = await report('sweep');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('found no run in it');
  });
});

describe('the report’s folder', () => {
  beforeEach(() => point('run', 0.1, 1));

  test.each(['precious.txt', 'report.md'])('is refused if %s of others is in it', async (name) => {
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out', name), 'mine');
    const { code, stdout, stderr } = await report('sweep', '--out', 'out');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('out: expected a new or empty folder, or an earlier report, found');
    expect(stderr).toContain(name);
    expect(await readdir(join(folder, 'out'))).toEqual([name]);
    expect(await read('out', name)).toBe('mine');
  });

  test('may be empty, and may not be a file', async () => {
    await mkdir(join(folder, 'out'));
    expect(await report('sweep', '--out', 'out')).toMatchObject({ code: 0 });
    const { code, stderr } = await report('sweep', '--out', 'sweep/run/config.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('found something that is no folder');
    expect((await stat(join(sweep, 'run', 'config.yaml'))).isFile()).toBe(true);
  });
});

describe('published results of one’s own', () => {
  const mine = `- network: lenet5
  dataset: mnist
  method: Other <method> & co
  accuracyPercent: 99.1
  relativeBopsPercent: 0.2
  source: Somebody, 2026
`;

  test('stand beside the others', async () => {
    await point('run', 0.1, 1);
    await writeFile(join(folder, 'mine.yaml'), mine);
    const { code, stdout } = await report('sweep', '--references', 'mine.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('Published: Other <method> & co, 99.10 % at 0.2 % (Somebody, 2026)\n');
    expect(await read('sweep', 'report', 'report.html')).toContain(
      'Other &#60;method&#62; &#38; co',
    );
    expect(await read('sweep', 'report', 'report.tex')).toContain(
      'Other \\textless{}method\\textgreater{} \\& co',
    );
    expect(await read('sweep', 'report', 'report.md')).toContain('Other \\<method\\> \\& co');
  });

  test.each([
    ['99.1', '101', 'in entry 1 (accuracyPercent)'],
    ['source: Somebody, 2026', 'sourse: x', 'in entry 1'],
    ['- network: lenet5', '- lenet5\n- network: lenet5', 'found something else in entry 1: '],
    ['method: Other', 'method: [', 'not valid YAML'],
  ])('with %s as %s are refused, exit 2', async (from, to, message) => {
    await point('run', 0.1, 1);
    await writeFile(join(folder, 'mine.yaml'), mine.replace(from, to));
    const { code, stdout, stderr } = await report('sweep', '--references', 'mine.yaml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('mine.yaml: ');
    expect(stderr).toContain(message);
  });

  test('that are not there are told, exit 2', async () => {
    await point('run', 0.1, 1);
    const { code, stderr } = await report('sweep', '--references', 'no.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('no.yaml: found no such file, expected a list of published results');
  });
});

test('what a run’s files smuggle in stays text in every file', async () => {
  const hostile = '<script>alert(1)</script>\u001b[31m';
  await point('run', 0.1, 1);
  await point('bad', 1, 1, { status: { status: 'failed', reason: hostile } });
  const { stdout } = await report('sweep');
  expect(stdout).toContain('\\u{1b}[31m');
  const html = await read('sweep', 'report', 'report.html');
  expect(html).toContain('&#60;script&#62;alert(1)');
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(await read('sweep', 'report', 'report.md')).toContain('\\<script\\>');
});

test('bad usage exits 2, and help has examples within 80 columns', async () => {
  expect(await report()).toMatchObject({ code: 2, stdout: '' });
  const missing = await report('no-such-folder');
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toContain(
    'no-such-folder: found no such folder, expected a folder with runs',
  );
  const { code, stdout } = await report('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n  bbits report results/lenet5-sweep');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
