import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { paste } from '../helpers/paste.js';
import { bbits, startBbits } from '../helpers/run-bbits.js';
import { stoppableConfig } from '../helpers/stoppable-config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Checks that printed commands work when pasted, with any characters in names. */

let folder: string;
let config: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), `my "exp" $HOME * it's #1; (a)`);
  await mkdir(folder);
  config = join(folder, 'small.yaml');
  await writeFile(config, await stoppableConfig());
});

test('the command that resumes a run, and those in its messages, work', async () => {
  const run = join(folder, 'run');
  const running = startBbits(['train', config, '--out', run], process.env);
  await running.says('Epoch 1/3');
  running.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);

  const tooSoon = await bbits(['resume', run, '--extend', '1'], process.env);
  expect(tooSoon.stderr).toContain('Finish it first: ');
  expect(paste(stderr, 'To continue: ')).toMatchObject({ code: 0 });
  expect(paste(tooSoon.stderr, 'Finish it first: ').stdout).toContain(`${run} is finished.`);

  const { stdout } = await bbits(['resume', run], process.env);
  const extended = paste(stdout.replace('EPOCHS', '1'), 'For more epochs: ');
  expect(extended.stdout).toMatch(/^Epoch 4\/4/);

  const overrides = ['seed=2', 'training={epochs: 5}'];
  const refused = await bbits(['inspect', run, ...overrides], process.env);
  expect(paste(refused.stderr, 'To inspect a changed config: ')).toMatchObject({
    code: 0,
    stderr: '',
  });

  const missing = await bbits(['runs', 'remove', 'no', '--dir', folder], process.env);
  const listed = paste(missing.stderr, 'To list them: ');
  expect(listed.code).toBe(0);
  expect(listed.stdout).toContain('run');
});

test('the command that reports a sweep works', async () => {
  const sweep = join(folder, 'sweep.yaml');
  await writeFile(sweep, `${await stoppableConfig()}sweep: { seed: [1] }\n`);
  const args = ['sweep', sweep, 'training.epochs=1', '--out', join(folder, 'out')];
  const { code, stdout } = await bbits(args, process.env);
  expect(code).toBe(0);
  expect(paste(stdout, 'The trade-off: ')).toMatchObject({ code: 0 });
});
