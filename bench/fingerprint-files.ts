import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files by name, with `/` between folder and file. */
export type Files = ReadonlyMap<string, Buffer>;

/** Gates learn fast, so that bits and channels change within these few steps. */
const everyConfig = `dataset: mnist
seed: 1
threads: 2
optimizers: { gates: { learningRate: 0.2 } }
`;
const lenet5 = `${everyConfig}model: { name: lenet5, width: 0.25 }\n`;
const resnet20 = `${everyConfig}mu: 0.01\nmodel: { name: resnet20, width: 0.25, batchNorm: folded }\n`;
const toBeInterrupted = `${lenet5}training: { epochs: 3, batchSize: 32, images: 4000, validationImages: 200 }\n`;

/** Configs of the runs, trained one after the other. */
const runConfigs: Readonly<Record<string, string>> = {
  lenet5: toBeInterrupted,
  interrupted: toBeInterrupted,
  resnet20: `${resnet20}training: { epochs: 2, batchSize: 16, images: 320, augmentation: crop-and-flip }\n`,
  'from-resnet20': `${resnet20}from: resnet20
gates: { sampling: deterministic }
training: { epochs: 2, batchSize: 16, images: 320, learns: [gates, ranges], batchNorm: frozen }
`,
  'fine-tuned': `${everyConfig}model:
  layers:
    - { type: convolution, name: conv1, filters: 8, kernel: 5, stride: 2, batchNorm: folded }
    - { type: convolution, name: conv2, filters: 8, kernel: 3, batchNorm: unfolded }
    - { type: flatten }
    - { type: dense, name: fc, units: 10 }
training: { epochs: 1, batchSize: 32, images: 2000, clipGradients: 2 }
fineTuning: { epochs: 1 }
`,
  budget: `${lenet5}target: { relativeBopsPercent: 1 }
training: { epochs: 2, batchSize: 32, images: 2000 }
`,
  wasm: `${lenet5}backend: wasm
regularizer: { weighting: constant, warmUpEpochs: 0.5 }
training: { epochs: 1, batchSize: 16, images: 640 }
`,
};

/** Arguments of `bbits inspect`. */
const inspected = [
  ['configs/quickstart.yaml'],
  ['configs/cifar10/resnet20.yaml', '--bits', 'w4a4'],
  ['configs/cifar10/vgg7-narrow.yaml'],
];

/** Files of a run that contain durations or dates. */
const differsAnyway = /^(timings|invocations)\.jsonl$|^events\.out\./;

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Train, report and print with the real program, in a temporary folder with copies of `configs/` and
 * `results/`. Arguments are relative to that folder, so that its path occurs in a file only if bbits makes an
 * argument absolute.
 *
 * @throws Error if a command fails, or an interrupted and resumed run differs from an uninterrupted one
 */
export async function produceFiles(): Promise<Files> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bbits-fingerprint-')));
  try {
    const shipped = await copyShipped(folder);
    await trainRuns(folder);
    await writeReports(folder, shipped);
    await printTexts(folder, shipped);
    const files = await readFiles(folder, ['runs', 'reports', 'printed']);
    expectResumedAsWhole(files);
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Copy only files tracked by git, since local results are not compared. Paths in results become absolute;
 * otherwise a setting's identity in a report's pareto.json would be a hash that depends on the folder's
 * location.
 */
async function copyShipped(folder: string): Promise<string[]> {
  const listed = execFileSync('git', ['ls-files', '-z', 'configs', 'results'], { cwd: root });
  const names = listed.toString().split('\0').slice(0, -1);
  for (const name of names) {
    const copy = join(folder, name);
    await cp(join(root, name), copy);
    if (!/^results\/.*config\.yaml$/.test(name)) continue;
    const config = await readFile(copy, 'utf8');
    await writeFile(copy, config.replace(/^from: (\.\.\/)+/m, 'from: /results/'));
  }
  return names;
}

async function trainRuns(folder: string): Promise<void> {
  for (const [name, config] of Object.entries(runConfigs)) {
    const run = `runs/${name}`;
    await write(join(folder, `${run}.yaml`), config);
    const train = ['train', `${run}.yaml`, '--out', run];
    if (name === 'interrupted') {
      await bbits(folder, train, { exitCode: 143, terminateAt: 'Epoch 1/' });
      await bbits(folder, ['resume', run]);
    } else await bbits(folder, train);
  }
}

/** Write a report of each folder with runs, and one of all variants. */
async function writeReports(folder: string, shipped: readonly string[]): Promise<void> {
  const withRuns = shipped.flatMap(
    (name) => /^results\/(.*?)\/.*config\.yaml$/.exec(name)?.[1] ?? [],
  );
  const names = [...new Set(withRuns)];
  const report = async (name: string, parts: readonly string[]) => {
    const runs = parts.map((part) => `results/${part}`);
    const printed = await bbits(folder, ['report', ...runs, '--out', `reports/${name}`]);
    await write(join(folder, `printed/report/${name}.txt`), printed);
  };
  for (const name of names) await report(name, [name]);
  const variants = names.filter((name) => name.startsWith('variants-') && name !== 'variants-full');
  await report('variants', variants);
}

async function printTexts(folder: string, shipped: readonly string[]): Promise<void> {
  for (const [file = '', ...options] of inspected) {
    const printed = await bbits(folder, ['inspect', file, ...options]);
    await write(join(folder, `printed/inspect/${basename(file)}.txt`), printed);
  }
  const printConfig = async (file: string) => {
    const printed = await bbits(folder, ['train', file, '--print-config'], { exitCode: 'any' });
    await write(join(folder, `printed/${file}.txt`), printed);
  };
  for (const file of shipped.filter((name) => /^configs\/.*\.yaml$/.test(name))) {
    await printConfig(file);
    // A sweep would be refused; without its section, which comes last, the config is that of a single run.
    const [config = '', sweep] = (await readFile(join(folder, file), 'utf8')).split(/^sweep:/m);
    if (sweep === undefined) continue;
    const base = file.replace('.yaml', '.base.yaml');
    await write(join(folder, base), config);
    await printConfig(base);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

interface Ending {
  readonly exitCode?: number | 'any';
  /** Send SIGTERM once this text is printed. */
  readonly terminateAt?: string;
}

/**
 * Run bbits and return its output.
 *
 * @throws Error if it ends with another exit code
 */
function bbits(
  folder: string,
  args: readonly string[],
  { exitCode = 0, terminateAt }: Ending = {},
): Promise<string> {
  const called = `bbits ${args.join(' ')}`;
  process.stdout.write(`${called}\n`);
  const child = spawn(process.execPath, [join(root, 'bin/bbits.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      // A second signal would kill it immediately.
      const isTime = terminateAt !== undefined && printed[name].includes(terminateAt);
      if (isTime && !child.killed) child.kill('SIGTERM');
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      const all = printed.stdout + printed.stderr;
      if (exitCode === 'any' || code === exitCode) resolve(all);
      else reject(new Error(`${called} ended with ${code ?? 'a signal'}:\n${all}`));
    });
  });
}

async function readFiles(folder: string, parts: readonly string[]): Promise<Files> {
  const files = new Map<string, Buffer>();
  for (const part of parts) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
      if (differsAnyway.test(name)) continue;
      const path = join(parentPath, name);
      const ownName = path.slice(folder.length + 1).replaceAll('\\', '/');
      files.set(ownName, withoutFolder(await readFile(path), folder));
    }
  }
  return files;
}

/**
 * Replace the folder's path, which a config's `from` contains, and remove the checksum of a checkpoint that
 * stores such a config. Other files are unchanged.
 */
function withoutFolder(bytes: Buffer, folder: string): Buffer {
  const path = Buffer.from(folder).toString('latin1');
  const text = bytes.toString('latin1');
  if (!text.includes(path)) return bytes;
  const without = text.replaceAll(path, 'FOLDER');
  return Buffer.from(without.replace(/^(bbits checkpoint \d+) \w{64}/, '$1'), 'latin1');
}

function expectResumedAsWhole(files: Files): void {
  for (const [name, bytes] of files) {
    if (!name.startsWith('runs/lenet5/')) continue;
    const resumed = name.replace('lenet5', 'interrupted');
    if (!files.get(resumed)?.equals(bytes)) throw new Error(`${resumed} differs from ${name}`);
  }
}
