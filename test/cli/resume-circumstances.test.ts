import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { oneDnnVariable } from '../../src/backend/onednn.js';
import { bbits, bin, startBbits, startNode } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { stoppableConfig } from '../helpers/stoppable-config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const dist = join(dirname(bin), '../dist');

let folder: string;
let config: string;
const at = (name: string) => join(folder, name);

/** The environment of a user who has set nothing, or oneDNN. */
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

test('a run started with oneDNN off resumes with it off, and another setting is refused', async () => {
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

test('a run resumes on another device, noted in its record and report, unless --same-machine is given', async () => {
  await stop('moved', process.env);
  const path = join(at('moved'), 'run.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"device": "[^"]*"/, '"device": "an abacus"'));
  const refused = await bbits(['resume', at('moved'), '--same-machine'], process.env);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    '(--same-machine), found another one:\n  device: the run has an',
  );
  const resumed = await bbits(['resume', at('moved')], process.env);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toContain(
    'The run is resumed on another machine, so the last bits will differ:\n  device: the run',
  );
  const record = JSON.parse(await readFile(path, 'utf8')) as { segments: { device: string }[] };
  expect(record.segments).toHaveLength(1);
  const { stdout } = await bbits(['report', at('moved')], process.env);
  const device = record.segments[0]?.device ?? '';
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `1 run continued on another device (an abacus, then ${device}), which affects the last bits`,
  );
});

/**
 * Train like a version without kernels of its own, which left oneDNN to TensorFlow.
 *
 * @param steps steps after which it stops; 0: never
 */
async function trainAsBefore(name: string, steps: number): Promise<void> {
  const script = `
    import { startBackend } from '${dist}/backend/start.js';
    import { loadConfig } from '${dist}/config/config.js';
    import { runExperiment } from '${dist}/runs/run-experiment.js';
    await startBackend('auto', { threads: 2, oneDnn: 'tensorflow', kernels: false });
    const loaded = await loadConfig('${config}', ['backend=auto', 'threads=2']);
    const { signal, abort } = stoppable();
    let left = ${steps};
    const observer = {
      prepared() {},
      epochDone() {},
      stepDone() { left -= 1; if (left === 0) abort(); },
    };
    await runExperiment(loaded, { out: '${at(name)}', command: ['test'], signal }, observer)
      .catch((error) => { if (!signal.aborted) throw error; });
    process.exit();
    function stoppable() {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    }`;
  const ended = await startNode(['--input-type=module', '-e', script], withOneDnn()).ended;
  expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
}

test('a run of an earlier version resumes as it started, to the same bytes', async () => {
  await trainAsBefore('whole before', 0);
  await trainAsBefore('cut before', 50);
  const path = join(at('cut before'), 'run.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replaceAll(/^ {2}"(oneDnn|instructionSet|kernels)": .*\n/gm, ''));
  const resumed = await bbits(['resume', at('cut before')], withOneDnn());
  expect(resumed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/Continuing in /) as string,
  });
  const withoutRecord = async (name: string) => ({
    ...(await runFileHashes(at(name))),
    'run.json': undefined,
  });
  expect(await withoutRecord('cut before')).toEqual(await withoutRecord('whole before'));
});
