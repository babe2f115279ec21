import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sweepConfig } from '../../helpers/sweep-config.js';

describe('a sweep', () => {
  test('continues after a diverged point, which it reports at the end, but not with --fail-fast', async () => {
    const points = '[{ optimizers.weights.learningRate: 1e38 }, { mu: 0.2 }, { mu: 0.4 }]';
    const { run } = await sweepConfig(points, 1);
    const { code, stdout, stderr } = await run('out');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1\/3 {2}.* {2}diverged: Training diverged in epoch 1, step \d/m);
    expect(stdout).toContain('2 of 3 points finished');
    expect(stderr).toMatch(/1 point has failed:\nlearningRate-1e_?\+?38-\w+: diverged: Training/);

    const fast = await run('fast', '--fail-fast');
    expect(fast.code).toBe(1);
    expect(fast.stdout).toContain('0 of 3 points finished');
    expect(fast.stdout).toContain('2 not started after the first failure');
  });

  test('lists points that are no longer in it, and runs only new ones', async () => {
    const { run, write } = await sweepConfig('{ seed: [1, 2] }', 1);
    expect((await run('out')).code).toBe(0);
    await write('{ seed: [2, 3] }', 1);
    const { code, stderr } = await run('out');
    expect(code).toBe(0);
    expect(stderr).toContain('2 points, 1 of them finished, 1 to run');
    expect(stderr).toMatch(/^No longer in the sweep, left as they are: seed-1-\w{8}$/m);
  });

  test('takes its values from the command line, as lists or ranges', async () => {
    const { run } = await sweepConfig('{ mu: [0.1] }', 1);
    const { code, stdout } = await run('out', '--dry-run', 'sweep.mu=[0.2]', 'sweep.seed=2..3');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^to run {4}mu-0\.2-seed-2-\w{8}\nto run {4}mu-0\.2-seed-3-\w{8}\n0 of 2 points finished, in .*\nAbout/,
    );

    const twice = await run('out', '--dry-run', 'sweep.seed=[1, 2, 2]');
    expect(twice.code).toBe(2);
    expect(twice.stderr).toBe(
      'command line: sweep.seed: found 2 twice, expected each value once\n',
    );
  });

  test('shows its points and their estimated time with --dry-run, and writes nothing', async () => {
    const { run, at } = await sweepConfig('{ mu: [0.01, 0.3], seed: [1, 2] }', 2);
    const { code, stdout } = await run('out', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^(to run {4}mu-0\.\d+-seed-\d-\w{8}\n){4}0 of 4 points finished, in .*\nAbout 0:\d\d \(m:ss\) for 4 points/,
    );
    expect(existsSync(at('out'))).toBe(false);
  });
});
