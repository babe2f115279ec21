import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { batchMaker } from '../../src/data/batch-maker.js';
import { infer } from '../../src/deployment/infer.js';
import { checkedData } from '../../src/runs/checked-data.js';
import { exporter } from '../../src/deployment/exporters/onnx.js';
import { complaint } from '../../src/cli/output/check-table.js';
import { checkExport } from '../../src/runs/onnx-check/check-export.js';
import { openRunData } from '../../src/runs/run-learner.js';
import { deployRun, exportRun } from '../../src/runs/export-run.js';
import { readRun } from '../../src/runs/read-run.js';
import { exportableNetworks } from '../helpers/exportable-networks.js';
import { madeRun } from '../helpers/made-run.js';
import { readExport } from '../helpers/read-export.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { exportableRuns } from './exportable-runs.js';
import { pythonWith } from './python.js';

/**
 * Reads exported files with other programs: onnx's checker and onnxruntime from PyPI, the onnxruntime of `--check`,
 * and the Python reader of docs/export.md.
 */

let python: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  python = await pythonWith('onnx==1.23.2', 'onnxruntime==1.32.0', 'numpy');
});

const script = join(import.meta.dirname, 'check-onnx.py');

/** Writes the run's test images and its network's logits as files of 32-bit floats. */
async function imagesAndLogits(folder: string): Promise<[images: string, logits: string]> {
  const run = await readRun(folder);
  const { test, ...dataset } = await checkedData(run, {});
  const indices = Uint32Array.from({ length: test.count }, (_, at) => at);
  const { images } = batchMaker({ ...dataset, test }, test.count)(test, indices);
  const shape = [test.count, ...run.plan.imageShape];
  const logits = tf.tidy(() => infer(deployRun(run), tf.tensor(images, shape)).dataSync());
  const out = await temporaryFolder();
  const paths: [string, string] = [join(out, 'images'), join(out, 'logits')];
  await writeFile(paths[0], Buffer.from(images.buffer, images.byteOffset, images.byteLength));
  await writeFile(paths[1], Buffer.from(Float32Array.from(logits).buffer));
  return paths;
}

describe.each(exportableRuns)('$what', ({ make }) => {
  let run: string;
  beforeAll(async () => {
    run = await make();
  });

  test.each(['21', '25'])('opset %s: is valid ONNX, and gives the same logits', async (opset) => {
    const out = join(await temporaryFolder(), 'onnx');
    const args = ['export', run, '--format', 'onnx', '--opset', opset, '--out', out];
    expect(await bbits(args, process.env)).toMatchObject({ code: 0, stderr: '' });
    const files = await imagesAndLogits(run);
    const said = await python(script, join(out, 'network.onnx'), ...files, opset);
    const { near } = JSON.parse(said) as { near: number };
    expect(near).toBeGreaterThanOrEqual(0.9);
  });

  test.each([
    ['21', 'default'],
    ['25', 'basic'],
  ])(
    'bbits export --opset %s --check finds the same classes as bbits evaluate',
    async (opset, level) => {
      const out = join(await temporaryFolder(), 'onnx');
      const args = ['export', run, '--format', 'onnx', '--opset', opset, '--out', out];
      expect(await bbits(args, process.env)).toMatchObject({ code: 0 });
      const { code, stdout, stderr } = await bbits([...args, '--check'], process.env);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stdout).toContain(`The network is already in ${out}, up to date\n`);
      expect(stdout).toMatch(new RegExp(`^the file, ${level} +[\\d.]+ % +\\d+ `, 'm'));
      expect(stdout).toMatch(/^the file as written +[\d.]+ % +\d+$/m);
      const table = stdout.slice(stdout.indexOf('The file in onnxruntime'));
      expect(table.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test('has weights that the reader of docs/export.md can read', async () => {
    const out = join(await temporaryFolder(), 'export');
    expect(await bbits(['export', run, '--out', out], process.env)).toMatchObject({ code: 0 });
    const [, reader = ''] =
      /```python\n([^]*?)```/.exec(await readFile('docs/export.md', 'utf8')) ?? [];
    const file = join(out, '..', 'reader.py');
    const print =
      'import sys\nfor name, w in read(sys.argv[1])[1].items():\n' +
      '    print(json.dumps([name, list(w.shape), w.ravel().tolist()]))\n';
    await writeFile(file, reader + print);
    const lines = (await python(file, out)).trimEnd().split('\n');
    const found = lines.map((line) => JSON.parse(line) as [string, number[], number[]]);
    const { tensors } = await readExport(out);
    const expected = Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      shape,
      Array.from(values),
    ]);
    expect(found.sort()).toEqual(expected.sort());
  });
});

test('a file of another network fails the check, and the message names the layer where they diverge', async () => {
  const [network] = exportableNetworks;
  if (!network) throw new Error('no network');
  const [coarse, fine] = [4, 8].map((bits) => () => ({ bits }));
  const folder = await madeRun(network.text, network.imageShape, fine, 200);
  const other = await madeRun(network.text, network.imageShape, coarse, 200);
  const run = await readRun(folder);
  const data = await openRunData(run, {});
  const out = join(await temporaryFolder(), 'onnx');
  await exportRun(other, exporter, { out });
  const file = await readFile(join(out, 'network.onnx'));
  const { signal } = new AbortController();
  const reporter = { stage: () => undefined, progress: () => undefined };
  const check = await checkExport(run, file, 'network.onnx', data, { reporter, signal });
  expect(check.asWritten.otherClass).toBeGreaterThan(0);
  expect(complaint(check)).toMatch(
    /found a different class for test image \d+: conv1 has integers that differ/,
  );
});
