import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { beforeAll, describe, expect, test } from 'vitest';
import { ModelProtoSchema } from '../../src/deployment/onnx/generated/onnx_pb.js';
import { formatBytes } from '../../src/text/bytes.js';
import { cutOffRun, neededFiles } from '../helpers/cut-off-run.js';
import { madeRun } from '../helpers/made-run.js';
import { bbits } from '../helpers/run-bbits.js';
import { smallNetwork } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let run: string;

beforeAll(async () => {
  run = await madeRun(smallNetwork, [28, 28, 1], ({ kind }) => ({
    bits: kind === 'weights' ? 2 : 4,
  }));
});

const exportIt = (...args: string[]) => bbits(['export', run, ...args], process.env);

test('a run’s ONNX file is written beside its other export, with the reported size', async () => {
  const { code, stdout, stderr } = await exportIt('--format', 'onnx');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const folder = join(run, 'export-onnx');
  expect(stdout).toContain(`The network is in ${folder}\n`);
  expect(await readdir(folder)).toEqual(['network.onnx']);
  const { size } = await stat(join(folder, 'network.onnx'));
  expect(stdout).toMatch(new RegExp(`^as written +${formatBytes(size)} +[\\d.]+ %$`, 'm'));
  expect(stdout).toMatch(/^in full precision +[\d.]+ kB +100 %$/m);
  const again = await exportIt('--format', 'onnx');
  expect(again.stdout).toContain(`The network is already in ${folder}, up to date\n`);
});

test('--opset selects the version of ONNX operators', async () => {
  const out = join(await temporaryFolder(), 'of-25');
  const { code } = await exportIt('--format', 'onnx', '--opset', '25', '--out', out);
  expect(code).toBe(0);
  const model = fromBinary(ModelProtoSchema, await readFile(join(out, 'network.onnx')));
  expect(model.opsetImport[0]?.version).toBe(25n);
  expect(model.producerName).toBe('bbits');
});

describe('bad usage', () => {
  const bad: [string, string][] = [
    ['--format onnx --opset 20', '--opset: found 20, expected one of: 21, 25\n'],
    ['--format onnx --opset x', '--opset: found x, expected one of: 21, 25\n'],
    ['--opset 21', '--opset: found 21 with the format safetensors, expected --format onnx\n'],
    ['--check', '--check: found the format safetensors, expected --format onnx\n'],
  ];
  test.each(bad)('%s', async (args, stderr) => {
    expect(await exportIt(...args.split(' '))).toEqual({ code: 2, stdout: '', stderr });
    expect(await readdir(run)).not.toContain('export');
  });
});

describe('nothing is written', () => {
  test.each(neededFiles)('for a run with a truncated %s', async (name) => {
    const damaged = await cutOffRun(run, name);
    const out = join(damaged, 'onnx');
    const args = ['export', damaged, '--format', 'onnx', '--out', out];
    const { code, stdout, stderr } = await bbits(args, process.env);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
    expect(await readdir(damaged)).not.toContain('onnx');
  });

  test('for a check of a run whose images are missing', async () => {
    const out = join(await temporaryFolder(), 'onnx');
    const away = join(await temporaryFolder(), 'nowhere');
    const args = ['--format', 'onnx', '--check', '--out', out, `dataset.path=${away}`];
    const { code, stdout, stderr } = await exportIt(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(away);
    expect(await readdir(join(out, '..'))).toEqual([]);
  });
});

test('an export with a check writes the same bytes as without, whatever the run was trained on', async () => {
  const place = await temporaryFolder();
  const trained = join(place, 'run');
  await cp(run, trained, { recursive: true });
  const config = join(trained, 'config.yaml');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace(/^backend: .*$/m, 'backend: native-gpu'));
  // An empty cache, and nothing can be downloaded.
  const env = { ...process.env, XDG_CACHE_HOME: join(place, 'cache'), PATH: place };
  const exportTo = (name: string, ...args: string[]) =>
    bbits(['export', trained, '--format', 'onnx', '--out', join(place, name), ...args], env);
  expect(await exportTo('alone')).toMatchObject({ code: 0, stderr: '' });
  const checked = await exportTo('checked', '--check');
  expect(checked.code).toBe(1);
  expect(checked.stderr).toContain('npm could not download onnxruntime-node');
  const [alone, other] = await Promise.all(
    ['alone', 'checked'].map((name) => readFile(join(place, name, 'network.onnx'))),
  );
  expect(other).toEqual(alone);
});

test('help says what a check downloads, in 80 columns', async () => {
  const { stdout } = await bbits(['export', '--help'], process.env);
  expect(stdout).toContain('114 MB, of which 46 MB');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
