import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { changeLabels, copyOf, project } from '../../helpers/project.js';
import { startBbits } from '../../helpers/run-bbits.js';

const sweep = 'sweep: { mu: [0.1], seed: [1, 2] }\n';

test('points of a moved project count as finished, with or without its data', async () => {
  const made = await project(sweep);
  expect((await made.bbits('sweep', 'small.yaml')).code).toBe(0);
  const moved = await copyOf(made, 'elsewhere now');
  await rm(made.at(), { recursive: true });

  const found = await moved.bbits('sweep', 'small.yaml');
  expect(found).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2 of 2 points finished') as string,
  });
  expect(found.stderr).toContain('2 points, 2 of them finished, 0 to run\n');

  await rename(moved.at('digits'), moved.at('other digits'));
  const absent = await moved.bbits('sweep', 'small.yaml', '--dry-run');
  expect(absent.stdout).toContain('2 of 2 points finished');
  expect(absent.stderr).toMatch(
    /^Runs are identified by their settings alone, because: .*digits: expected a folder with/m,
  );
  const named = await moved.bbits('sweep', 'small.yaml', 'dataset.path=other digits', '--dry-run');
  expect(named).toMatchObject({ code: 0, stderr: '' });
  expect(named.stdout).toContain('2 of 2 points finished');
});

test('other labels at the same path are other data when training, evaluating and reporting', async () => {
  const { at, bbits } = await project(sweep);
  expect((await bbits('sweep', 'small.yaml')).code).toBe(0);
  const [first = ''] = await readdir(at('results', 'small'));
  await changeLabels(at('digits'), 't10k');

  const evaluated = await bbits('evaluate', `results/small/${first}`);
  expect(evaluated).toMatchObject({ code: 1, stdout: '' });
  expect(evaluated.stderr).toMatch(
    /expected the run's original inputs, found others:\n {2}SHA-256 of test labels: the run has \w{16}, now there is \w{16}\n.*dataset\.path=FOLDER\n$/,
  );

  const again = await bbits('sweep', 'small.yaml');
  expect(again.stderr).toContain('2 points, 0 of them finished, 2 to run\n');
  expect(again.stderr).toContain('No longer in the sweep, left as they are: mu-0.1-seed-1-');
  expect(again.stderr).toMatch(/seed-2-\w{8} \(other data\)$/m);
  expect(again.code).toBe(0);
  const folders = await readdir(at('results', 'small'));
  expect(folders.filter((name) => name.endsWith('-2'))).toHaveLength(2);

  const { stdout } = await bbits('report', 'results/small');
  const titles = [...stdout.matchAll(/^own network on mnist \(unverified\), data \w{8}$/gm)];
  expect(new Set(titles.map(([title]) => title)).size).toBe(2);
  expect(stdout.match(/^[* ] 0\.1 +2 /gm)).toHaveLength(2);

  // Each run finds its own data.
  expect((await bbits('evaluate', `results/small/${first}-2`)).code).toBe(0);
});

test('a point without its data does not match a run on other data', async () => {
  const { at, write, bbits } = await project('');
  await rename(at('digits'), at('mine'));
  const withPoints = (...names: string[]) => {
    const datasets = names.map((name) => `{ name: ${name}, path: mine }`);
    return write(`sweep: { dataset: [${datasets.join(', ')}] }\n`);
  };
  await withPoints('mnist');
  expect((await bbits('sweep', 'small.yaml')).code).toBe(0);
  await rename(at('mine'), at('away'));
  await withPoints('mnist', 'fashion-mnist');

  const absent = await bbits('sweep', 'small.yaml', '--dry-run');
  expect(absent.stdout).toMatch(/^finished +dataset-mnist-\w{8}$/m);
  expect(absent.stdout).toMatch(/^to run +dataset-fashion-mnist-\w{8}$/m);
});

test('colleagues’ seeds on the same data share one table, wherever the data is', async () => {
  const mine = await project('');
  const theirs = await copyOf(mine, 'theirs');
  await rename(theirs.at('digits'), theirs.at('numbers'));
  const ours = mine.at('results');
  expect((await mine.bbits('train', 'small.yaml', '--out', `${ours}/a`)).code).toBe(0);
  const args = ['dataset.path=numbers', 'seed=2', '--out', `${ours}/b`];
  expect((await theirs.bbits('train', 'small.yaml', ...args)).code).toBe(0);
  const { stdout } = await mine.bbits('report', ours);
  expect(stdout.match(/own network on mnist/g)).toHaveLength(1);
  expect(stdout).toMatch(/^[* ] 0\.1 +2 /m);
});

test('an interrupted run resumes with moved data, not with other data', async () => {
  const { at, bbits } = await project('');
  const args = ['train', 'small.yaml', 'training.epochs=60', '--out', 'cut'];
  const running = startBbits(args, process.env, at());
  await running.says('Epoch  2/60');
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  const begun = await readFile(at('cut', 'config.yaml'), 'utf8');
  await rename(at('digits'), at('moved digits'));

  const lost = await bbits('resume', 'cut');
  expect(lost.code).toBe(1);
  const setting = await bbits('resume', 'cut', 'mu=1', 'from=[x]');
  expect(setting.code).toBe(2);
  expect(setting.stderr).toBe(
    'command line: mu: found a setting, expected dataset.path, from or teacher.run: a run’s settings cannot be changed\n' +
      'command line: from: found a list, expected a folder\n',
  );
  await changeLabels(at('moved digits'), 'train');
  const other = await bbits('resume', 'cut', 'dataset.path=moved digits');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('\n  SHA-256 of training labels: the run has ');
  for (let turn = 0; turn < 9; turn++) await changeLabels(at('moved digits'), 'train');

  const found = await bbits('resume', 'cut', 'dataset.path=moved digits');
  expect(found).toMatchObject({ code: 0, stderr: expect.any(String) as string });
  expect(await readFile(at('cut', 'config.yaml'), 'utf8')).toBe(begun);
  const lines = (await readFile(at('cut', 'invocations.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { dataFolders: [at('digits')], workingFolder: at() },
    {
      command: ['bbits', 'resume', 'cut', 'dataset.path=moved digits'],
      dataFolders: [at('moved digits')],
    },
  ]);
});
