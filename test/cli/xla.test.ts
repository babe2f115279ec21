import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bbits, bin, startNode, type Running } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const dist = join(dirname(bin), '../dist');

/** Makes XLA compile without its slow passes. */
const env = { ...process.env, XLA_FLAGS: '--xla_backend_optimization_level=0' };

let folder: string;
let config: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  config = at('small.yaml');
  await writeFile(
    config,
    `dataset: { name: mnist, path: ${await learnableMnist()} }
model: { layers: [{ type: flatten }, { type: dense, name: fc, units: 10 }] }
training: { epochs: 2, batchSize: 10, augmentation: crop-and-flip }
`,
  );
});

/** As if XLA had no kernel for an operation in training. */
const withoutOneHot = `
  const { opOutputs } = await import('${dist}/compile/xla/op-outputs.js');
  delete opOutputs['OneHot'];`;

/** Start the program with XLA preferred, as it is on a GPU. */
function startWithXla(args: readonly string[], before = ''): Running {
  const script = `${before}
    const { startBackend } = await import('${dist}/backend/start.js');
    await startBackend('auto', { threads: 2, xla: true });
    await import('${bin}');`;
  return startNode(['--input-type=module', '-e', script, bin, ...args], env);
}

const trainArgs = (name: string) => [
  ...['train', config, 'backend=auto', 'threads=2', '--out', at(name)],
];

/** The output of a run until it was stopped in its second epoch. */
async function stopped(name: string, before?: string): Promise<string> {
  const running = startWithXla(trainArgs(name), before);
  await running.says('Epoch 1/');
  running.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(143);
  return stderr;
}

const recordOf = async (name: string) =>
  JSON.parse(await readFile(join(at(name), 'run.json'), 'utf8')) as { xla?: string };

test('a run compiled by XLA resumes with XLA to the same bytes, or not at all', async () => {
  const whole = await startWithXla(trainArgs('whole')).ended;
  expect(whole).toMatchObject({ code: 0, stderr: expect.stringContaining(', XLA: ') as string });
  await stopped('cut');
  expect(await recordOf('cut')).toMatchObject({ xla: 'used' });

  const unable = await startWithXla(['resume', at('cut')], withoutOneHot).ended;
  expect(unable.code).toBe(1);
  expect(unable.stderr).toContain('\n  XLA: the run has used, now there is not used\n');

  const resumed = await bbits(['resume', at('cut')], env);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringContaining(', XLA: ') as string });
  expect(await runFileHashes(at('cut'))).toEqual(await runFileHashes(at('whole')));
});

test('if XLA cannot compile, a graph trains, which is reported once, recorded and kept when resuming', async () => {
  const said = await stopped('refused', withoutOneHot);
  expect(said.match(/XLA/g)).toHaveLength(1);
  expect(said).toContain(
    'XLA cannot compile the training steps; they run as a TensorFlow graph instead: the op OneHot',
  );
  expect(await recordOf('refused')).toMatchObject({ xla: 'refused' });

  const resumed = await bbits(['resume', at('refused')], env);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).not.toContain('XLA');
  expect(await recordOf('refused')).toMatchObject({ xla: 'refused' });

  expect((await bbits([...trainArgs('graph'), '--quiet'], env)).code).toBe(0);
  expect(await recordOf('graph')).not.toHaveProperty('xla');
  const withoutRecord = async (name: string) => ({
    ...(await runFileHashes(at(name))),
    'run.json': undefined,
  });
  expect(await withoutRecord('refused')).toEqual(await withoutRecord('graph'));
});
