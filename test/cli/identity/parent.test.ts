import { readdir, rename, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { copyOf, project, type Project } from '../../helpers/project.js';

const sweep = 'sweep: { from: [full], mu: [0.1, 0.2] }\n';
const full = 'quantization={weights: none, activations: none, channels: all}';

async function withParent(): Promise<Project> {
  const made = await project('');
  await trainParent(made, 'full', 1);
  await made.write(sweep);
  return made;
}

async function trainParent({ bbits, write }: Project, out: string, seed: number): Promise<void> {
  await write('');
  const { code } = await bbits('train', 'small.yaml', full, `seed=${seed}`, '--out', out);
  expect(code).toBe(0);
}

test('a child of overwritten weights is run again, and has a row of its own', async () => {
  const made = await withParent();
  const { at, bbits } = made;
  expect((await bbits('sweep', 'small.yaml', '--out', 'out')).code).toBe(0);
  expect(await readdir(at('out'))).toEqual([
    expect.stringMatching(/^from-full-mu-0\.1-\w{8}$/),
    expect.stringMatching(/^from-full-mu-0\.2-\w{8}$/),
  ]);

  // Only the parent's folder changes.
  await rename(at('full'), at('trained'));
  const dry = ['sweep', 'small.yaml', '--out', 'out', '--dry-run'];
  await made.write('sweep: { from: [trained], mu: [0.1, 0.2] }\n');
  expect((await bbits(...dry)).stdout).toContain('2 of 2 points finished');

  await rm(at('trained'), { recursive: true });
  await trainParent(made, 'full', 2);
  await made.write(sweep);
  const dryRun = (await bbits(...dry)).stdout;
  expect(dryRun).toContain('0 of 2 points finished');
  expect(dryRun).toContain(' (other weights to start from), ');
  const [child = ''] = await readdir(at('out'));
  const evaluated = await bbits('evaluate', `out/${child}`, 'from=full');
  expect(evaluated.code).toBe(1);
  expect(evaluated.stderr).toMatch(
    /SHA-256 of the initial weights: .*\nName the folder of the original: from=FOLDER\n$/,
  );
  expect((await bbits('sweep', 'small.yaml', '--out', 'out')).code).toBe(0);
  const { stdout } = await bbits('report', 'out');
  expect(stdout.match(/^weights \w{8}$/gm)).toHaveLength(2);
  expect(stdout.match(/^[* ] 0\.1 +1 /gm)).toHaveLength(2);
});

test('children without their parents’ weights are found by settings and the parents’ names', async () => {
  const made = await withParent();
  expect((await made.bbits('sweep', 'small.yaml', '--out', 'out')).code).toBe(0);
  const moved = await copyOf(made, 'elsewhere');
  await rm(moved.at('full', 'weights.safetensors'));
  const { code, stdout, stderr } = await moved.bbits('sweep', 'small.yaml', '--out', 'out');
  expect(code).toBe(0);
  expect(stdout).toContain('2 of 2 points finished');
  expect(stderr).toMatch(
    /^Runs are identified by their settings alone, because: .*weights were not kept\. /m,
  );
});

test('an extended run does not count as an unextended one of its length, or vice versa', async () => {
  const { at, bbits, write } = await project('sweep: { seed: [1] }\n');
  expect((await bbits('sweep', 'small.yaml', '--out', 'out')).code).toBe(0);
  const [extended = ''] = await readdir(at('out'));
  expect((await bbits('resume', `out/${extended}`, '--extend', '1')).code).toBe(0);
  await write('sweep: { seed: [1], training.epochs: [1, 2] }\n');
  const both = await bbits('sweep', 'small.yaml', '--out', 'out');
  expect(both.stderr).toContain('2 points, 0 of them finished, 2 to run');
  expect(both.stderr).toContain(`left as they are: ${extended} (extended)\n`);
  expect(both.code).toBe(0);
  expect(await readdir(at('out'))).toHaveLength(3);
  const { stdout } = await bbits('report', 'out');
  expect(stdout).toMatch(/^1 epoch$/m);
  expect(stdout).toMatch(/^2 epochs$/m);
  expect(stdout).toMatch(/^2 epochs, extended after epoch 1$/m);
});
