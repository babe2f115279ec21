import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBackend } from '../src/backend/start.js';
import { parseConfig } from '../src/config/config.js';
import { findNativeBackend } from '../src/compile/native-backend.js';
import { runExperiment } from '../src/runs/run-experiment.js';
import { silent } from '../test/helpers/silent-observer.js';

/**
 * `npm run bench -- start [ROUNDS]`: seconds from the command to the end of the first step, by phase, in
 * the fastest of ROUNDS processes started as by a user; and the part of an epoch outside TensorFlow's
 * training steps.
 */
export async function benchStart(rounds: number): Promise<void> {
  const say = (text = '') => process.stdout.write(`${text}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'bbits-start-'));
  try {
    await writeNoise(join(folder, 'cifar10'));
    for (const [name, network] of Object.entries(networks)) {
      const config = join(folder, `${name}.yaml`);
      await writeFile(config, network.config);
      const each = [];
      for (let round = 0; round < rounds; round++) each.push(await phasesOf(config, folder));
      say(`\n${name}: from the command to the first step, the fastest of ${rounds}\n`);
      sayPhases(quickest(each), say);
      sayEpoch(await epochOf(network, config, folder), network.stepsPerEpoch, say);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Say = (text?: string) => void;

interface Network {
  readonly config: string;
  /** Steps in an epoch of the whole data set. */
  readonly stepsPerEpoch: number;
  /** Number of those that are measured. */
  readonly measuredSteps: number;
}

const networks: Readonly<Record<string, Network>> = {
  'LeNet-5': {
    config: 'dataset: mnist\nmodel: lenet5\nthreads: 2\n',
    stepsPerEpoch: 469,
    measuredSteps: 100,
  },
  'ResNet-56': {
    config:
      'dataset: { name: cifar10, path: cifar10 }\nmodel: { name: resnet56, batchNorm: unfolded }\nthreads: 2\n',
    stepsPerEpoch: 391,
    measuredSteps: 10,
  },
};

/** Write noise in place of CIFAR-10's files, in full size; image contents do not affect the time. */
async function writeNoise(folder: string): Promise<void> {
  await mkdir(folder);
  const names = ['test_batch', ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`)];
  const record = 3073;
  for (const name of names) {
    const bytes = randomFillSync(Buffer.alloc(10_000 * record));
    for (let at = 0; at < bytes.length; at += record) bytes[at] = (bytes[at] ?? 0) % 10;
    await writeFile(join(folder, `${name}.bin`), bytes);
  }
}

/** End of each phase since the command, and all cores' processor time until then. */
type Phases = readonly Mark[];

interface Mark {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly milliseconds: number;
  readonly processorSeconds: number;
}

/** Code for the program's process: write its marks (`performance.mark`) with the processor time so far. */
const writeMarks = `
import { writeFileSync } from 'node:fs';
const mark = performance.mark.bind(performance);
const marks = [];
performance.mark = (name) => {
  const { user, system } = process.cpuUsage();
  marks.push({ name, milliseconds: performance.timeOrigin + performance.now(), processorSeconds: (user + system) / 1e6 });
  return mark(name);
};
process.on('exit', () => writeFileSync(process.env.BENCH_MARKS, JSON.stringify(marks)));
`;

/** Measure the phases of a run of one step. */
async function phasesOf(config: string, folder: string): Promise<Phases> {
  const bin = fileURLToPath(new URL('../bin/bbits.js', import.meta.url));
  const file = join(folder, 'marks.json');
  const out = join(folder, 'started');
  const hook = `data:text/javascript,${encodeURIComponent(writeMarks)}`;
  const oneStep = ['training.epochs=1', 'training.images=128'];
  const begun = { name: '', milliseconds: Date.now(), processorSeconds: 0 };
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', hook, bin, 'train', config, ...oneStep, '--out', out],
    { encoding: 'utf8', env: { ...process.env, BENCH_MARKS: file } },
  );
  if (status !== 0) throw new Error(stderr);
  await rm(out, { recursive: true });
  return [begun, ...(JSON.parse(await readFile(file, 'utf8')) as Mark[])];
}

function secondsOf(phases: Phases): number {
  return ((phases.at(-1)?.milliseconds ?? NaN) - (phases[0]?.milliseconds ?? NaN)) / 1000;
}

function quickest(each: readonly Phases[]): Phases {
  return each.toSorted((a, b) => secondsOf(a) - secondsOf(b))[0] ?? [];
}

function sayPhases(phases: Phases, say: Say): void {
  const sayLine = (name: string, seconds: number, processorSeconds: number) => {
    say(row(name, seconds.toFixed(2), processorSeconds.toFixed(2)));
  };
  say(row('until', 'seconds', 'CPU seconds'));
  phases.slice(1).forEach(({ name, milliseconds, processorSeconds }, index) => {
    const before = phases[index];
    sayLine(
      name.replace('bbits: ', ''),
      (milliseconds - (before?.milliseconds ?? NaN)) / 1000,
      processorSeconds - (before?.processorSeconds ?? NaN),
    );
  });
  sayLine('total', secondsOf(phases), phases.at(-1)?.processorSeconds ?? NaN);
}

function row(name: string, ...cells: readonly string[]): string {
  return name.padEnd(20) + cells.map((cell) => cell.padStart(12)).join('');
}

/** Breakdown of an epoch's time, in seconds. */
interface Epoch {
  readonly steps: number;
  /** TensorFlow's training steps, and the work around them: batches, gates, progress. */
  readonly inSteps: number;
  readonly aroundSteps: number;
  readonly evaluation: number;
  /** Records, weights and checkpoints. */
  readonly records: number;
}

/** Measure a run's second epoch, on this process's backend. */
async function epochOf(
  { config, measuredSteps }: Network,
  file: string,
  folder: string,
): Promise<Epoch> {
  await startBackend('native-cpu', { threads: 2 });
  const backend = findNativeBackend();
  if (!backend) throw new Error('this needs native TensorFlow: bbits backend install');
  const { binding } = backend;
  let inSteps = 0;
  const epochs: Epoch[] = [];
  let before = 0;
  // The binding itself is frozen.
  const timed = Object.create(binding, {
    runSavedModel: {
      value: (...call: Parameters<typeof binding.runSavedModel>) => {
        const start = performance.now();
        const outputs = binding.runSavedModel(...call);
        if (call[3].startsWith('step')) inSteps += (performance.now() - start) / 1000;
        return outputs;
      },
    },
  }) as typeof binding;
  Object.assign(backend, { binding: timed });
  const out = join(folder, 'epochs');
  try {
    const overrides = ['training.epochs=2', `training.images=${128 * measuredSteps}`];
    await runExperiment(
      { config: parseConfig(config, file, overrides), file },
      { out, command: ['npm', 'run', 'bench'] },
      {
        ...silent,
        epochDone(_, { training, evaluation }) {
          const now = performance.now() / 1000;
          const records = now - before - training - evaluation;
          const aroundSteps = training - inSteps;
          epochs.push({ steps: measuredSteps, inSteps, aroundSteps, evaluation, records });
          before = now;
          inSteps = 0;
        },
      },
    );
  } finally {
    Object.assign(backend, { binding });
    await rm(out, { recursive: true, force: true });
  }
  return epochs.at(-1) as Epoch;
}

/** Print shares of an epoch of the whole data set, extrapolated from the measured steps. */
function sayEpoch(epoch: Epoch, steps: number, say: Say): void {
  const { inSteps, aroundSteps, evaluation, records } = epoch;
  const factor = steps / epoch.steps;
  const training = factor * (inSteps + aroundSteps);
  const percent = (seconds: number) => `${((100 * seconds) / (training + records)).toFixed(1)} %`;
  say(`\nshares of an epoch of ${steps} steps without its evaluation:`);
  say(row('steps in TensorFlow', percent(factor * inSteps)));
  say(row('around the steps', percent(factor * aroundSteps)));
  say(row('records', percent(records)));
  say(row('(evaluation)', percent(evaluation)));
}
