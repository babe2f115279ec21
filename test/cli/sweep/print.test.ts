import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bbits, startBbits } from '../../helpers/run-bbits.js';
import { pointsIn, sweepConfig, until } from '../../helpers/sweep-config.js';

/** The words of a printed command after the program's name. */
const wordsOf = (line: string) => line.split(' ').slice(1);

test('--launcher print prints a command for each missing point, and nothing else on stdout', async () => {
  const { file, at, run } = await sweepConfig('{ seed: [1, 2] }', 1);
  const first = await run('out', '--launcher', 'print');
  expect(first.code).toBe(0);
  const lines = first.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  const [one = '', two = ''] = lines;
  expect(one).toMatch(/^bbits sweep-point \S+\/out\/\.launched\/[0-9a-f]{16} seed-1-\w{8}$/);
  expect(first.stderr).toContain('0 of 2 points finished');

  // A printed command runs as printed, even if the config changes.
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('seed: [1, 2]', 'seed: [1, 2, 3]'));
  const ended = await bbits(wordsOf(one), process.env);
  expect(ended.stderr).toMatch(
    /^seed-1-\w{8}: epoch 1\nseed-1-\w{8}: this attempt took 0:\d\d and [\d.]+ [MG]B of memory\n$/,
  );
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^seed-1-\w{8}: [\d.]+ % at [\d.]+ % BOPs\n$/) as string,
  });
  const again = await run('out', '--launcher', 'print');
  expect(again.stdout.match(/seed-\d/g)).toEqual(['seed-2', 'seed-3']);

  // Of two identical commands, one waits for the other's lock, then finds its run.
  const both = await Promise.all([
    bbits(wordsOf(two), process.env),
    bbits(wordsOf(two), process.env),
  ]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const [runFolder = ''] = (await pointsIn(at('out'))).filter((name) => /^seed-2/.test(name));
  const calls = await readFile(join(at('out'), runFolder, 'invocations.jsonl'), 'utf8');
  expect(calls.trimEnd().split('\n')).toHaveLength(1);
});

test('the config selects the launcher, and the command line overrides it', async () => {
  const { file, at, run } = await sweepConfig('{ seed: [1] }', 1);
  await writeFile(file, `${await readFile(file, 'utf8')}launcher: print\n`);
  expect((await run('printed')).stdout).toMatch(/^bbits sweep-point /);
  expect((await run('run', '--launcher', 'local')).stdout).toContain('1 of 1 points finished');
  expect(await readdir(at('run'))).not.toContain('.launched');
});

test('an option that a launcher does not support is refused', async () => {
  const { run } = await sweepConfig('{ seed: [1] }', 1);
  const { code, stderr } = await run('out', '--launcher', 'print', '--jobs', '2');
  expect(code).toBe(2);
  expect(stderr).toBe(
    '--jobs: the launcher print does not support it. Leave it out, or name another launcher with --launcher.\n',
  );
  expect((await run('out', '--wait')).code).toBe(2);
  expect((await run('out', '--json')).code).toBe(2);
});

test('USR1 before the first step fails a run, and later saves it, even if TERM follows', async () => {
  const { at, run } = await sweepConfig('{ seed: [1] }', 1_000_000);
  const { stdout } = await run('out', '--launcher', 'print');
  const words = wordsOf(stdout.trimEnd());
  const early = startBbits([...words, '--ready-file', at('ready')], process.env);
  await until(() => existsSync(at('ready')));
  early.kill('SIGUSR1');
  const ended = await early.ended;
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /seed-1-\w{8}: expected time for at least one step before SIGUSR1, found none/,
  );

  const later = startBbits(words, process.env);
  await later.says('epoch 2');
  later.kill('SIGUSR1');
  later.kill('SIGTERM');
  const { code, stderr } = await later.ended;
  // Whichever signal is delivered first, the other does not end the process.
  expect([138, 143]).toContain(code);
  expect(stderr).toMatch(
    /^Interrupted; the progress of seed-1-\w{8} is kept\. To continue: bbits sweep-point /m,
  );
  const [name = ''] = await pointsIn(at('out'));
  const status = await readFile(join(at('out'), name, 'status.json'), 'utf8');
  expect(JSON.parse(status)).toEqual({ status: 'interrupted' });
});

test('a missing point or manifest is named in the error', async () => {
  const { at, run } = await sweepConfig('{ seed: [1] }', 1);
  const { stdout } = await run('out', '--launcher', 'print');
  const [, folder = ''] = wordsOf(stdout.trimEnd());
  const none = await bbits(['sweep-point', folder, 'seed-7'], process.env);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain(
    'jobs.json: expected a point named seed-7, found no such point (1 in all).',
  );
  const nowhere = await bbits(['sweep-point', at('nowhere'), 'seed-7'], process.env);
  expect(nowhere.stderr).toContain('nowhere/jobs.json: expected the points that bbits sweep has');
});
