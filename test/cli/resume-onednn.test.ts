import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { cpuFlags } from '../../src/backend/cpu.js';
import { oneDnnIn, oneDnnVariable } from '../../src/backend/onednn.js';
import { bbits, startBbits } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { stoppableConfig } from '../helpers/stoppable-config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let folder: string;
let config: string;
const at = (name: string) => join(folder, name);

/** As on a machine whose user has set nothing, or has set oneDNN. */
const withOneDnn = (state?: 'on' | 'off'): NodeJS.ProcessEnv => ({
  ...process.env,
  [oneDnnVariable]: state && (state === 'on' ? '1' : '0'),
});

beforeAll(async () => {
  folder = await temporaryFolder();
  config = at('small.yaml');
  await writeFile(config, await stoppableConfig());
});

async function trainWhole(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['train', config, 'backend=auto', '--out', at(name), '--quiet'];
  expect((await bbits(args, env)).code).toBe(0);
}

async function stop(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const running = startBbits(['train', config, 'backend=auto', '--out', at(name)], env);
  await running.says('Epoch 1/');
  running.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
}

test('a run that began with oneDNN off goes on with it off, and another one is refused', async () => {
  await trainWhole('whole', withOneDnn('off'));
  await stop('cut', withOneDnn('off'));
  const record = JSON.parse(await readFile(join(at('cut'), 'run.json'), 'utf8')) as object;
  if ('oneDnn' in record) {
    const other = await bbits(['resume', at('cut')], withOneDnn('on'));
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('\n  oneDNN: the run has off, now there is on\n');
  }
  expect((await bbits(['resume', at('cut')], withOneDnn())).code).toBe(0);
  expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(at('whole')));
});

test('a run of an earlier version goes on as it began: with what TensorFlow chooses', async () => {
  const chosen = withOneDnn(oneDnnIn({}, cpuFlags()));
  await trainWhole('as chosen', chosen);
  await stop('old', chosen);
  const path = join(at('old'), 'run.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replaceAll(/^ {2}"(oneDnn|instructionSet)": .*\n/gm, ''));
  expect((await bbits(['resume', at('old')], withOneDnn())).code).toBe(0);
  const withoutRecord = async (name: string) => ({
    ...(await runFileHashes(at(name))),
    'run.json': undefined,
  });
  expect(await withoutRecord('old')).toEqual(await withoutRecord('as chosen'));
});
