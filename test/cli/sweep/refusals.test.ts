import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bbits, startBbits } from '../../helpers/run-bbits.js';
import { sweepConfig } from '../../helpers/sweep-config.js';

const grid = '{ mu: [0.01, 0.3], seed: [1, 2] }';

test.each<[string, string, RegExp]>([
  ['no list', '{ mu: 0.1 }', /:6:\d+ sweep.mu: found 0.1, expected a list of values/],
  ['a misspelled key', '{ muu: [1] }', /sweep.muu: unknown key, did you mean mu\?/],
  ['an invalid value', '{ mu: [0.1, -1] }', /:6:\d+ mu: found -1, expected a number of at least 0/],
  ['nothing', '{}', /sweep: found a mapping, expected keys with lists of values/],
  [
    'a key that does not affect results',
    '{ threads: [1, 2] }',
    /sweep.threads: found a key that affects no result/,
  ],
])('a sweep over %s is refused before anything is written', async (_, text, message) => {
  const { run, at } = await sweepConfig(text, 2);
  const { code, stderr } = await run('out');
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(at('out'))).toBe(false);
});

test('train with a sweep, and overrides of varied keys, are refused', async () => {
  const { file, run } = await sweepConfig(grid, 2);
  const train = await bbits(['train', file], process.env);
  expect(train.code).toBe(2);
  expect(train.stderr).toContain(
    'sweep: found a sweep, expected a single run; to run the whole sweep, use bbits sweep',
  );
  const override = await run('out', 'mu=1');
  expect(override.code).toBe(2);
  expect(override.stderr).toContain('command line: mu: found a key that the sweep varies (mu)');
  const jobs = await run('out', '--jobs', '0');
  expect(jobs.code).toBe(2);
});

test('an unknown launcher is refused, with a list of the known ones', async () => {
  const { run, at } = await sweepConfig(grid, 2);
  const { code, stderr } = await run('out', '--launcher', 'moon');
  expect(code).toBe(2);
  expect(stderr).toMatch(/argument 'moon' is invalid\. Allowed choices are local\b/);
  expect(existsSync(at('out'))).toBe(false);
});

test.runIf(process.platform === 'linux').each([
  ['no right to write there', '/proc/self', []],
  ['a file in its place', 'file', ['--dry-run']],
])('an unusable folder is a UserError: %s', async (_, out, args) => {
  const { file, at } = await sweepConfig(grid, 2);
  await writeFile(at('file'), '');
  const ended = await bbits(
    ['sweep', file, '--out', out === 'file' ? at(out) : out, ...args],
    process.env,
  );
  expect(ended.code).toBe(1);
  expect(ended.stderr).not.toContain('bug');
  expect(ended.stderr).toContain(out);
});

test('a sweep is refused in the folder of a running one', async () => {
  const { file, at, run } = await sweepConfig(grid, 1_000_000);
  const running = startBbits(['sweep', file, '--out', at('out')], process.env);
  await running.says('started');
  const { code, stderr } = await run('out');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /out: expected a folder that no other sweep uses, found one held by process \d+@/,
  );
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});
