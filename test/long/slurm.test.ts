import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bbits } from '../helpers/run-bbits.js';
import { pointsIn, sweepConfig, until } from '../helpers/sweep-config.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { whenDone } from '../helpers/when-done.js';
import { isThere, missing } from './tools.js';

const script = fileURLToPath(new URL('slurm/cluster.sh', import.meta.url));

/** One point takes longer than its time limit of 60 to 90 seconds. */
const longSeconds = 135;
const shortSeconds = 25;

/** Slurm as set up here runs only as root, on a system where it can be installed. */
const whyNot =
  process.getuid?.() === 0
    ? ((await missing(['slurmctld', '-V'], 'slurm-wlm')) ??
      (await missing(['munged', '--version'], 'munge')))
    : 'not root';
const canRun = isThere('the test on a Slurm cluster', whyNot);

interface Point {
  readonly name: string;
  readonly status: string;
  readonly task: string | null;
}

test.runIf(canRun)('a sweep on a real cluster gives the results of a local one', async () => {
  const cluster = await temporaryFolder();
  const slurm = (verb: string) => execFileSync(script, [verb, cluster], { stdio: 'inherit' });
  const env = { ...process.env, SLURM_CONF: join(cluster, 'slurm.conf') };
  const call = (command: string, ...args: string[]) =>
    execFileSync(command, args, { env, encoding: 'utf8' });
  whenDone(() => {
    slurm('stop');
    return Promise.resolve();
  });
  slurm('start');

  const { file, at, run, write } = await sweepConfig('{ seed: [9] }', 400);
  const epochsPerSecond = await speedOf(() => run('speed'), at('speed'));
  const epochs = (seconds: number) => Math.ceil(seconds * epochsPerSecond);
  const short = (seed: number) => `{ seed: ${seed}, training.epochs: ${epochs(shortSeconds)} }`;
  const [limited, killed, preempted, cancelled] = [1, 2, 3, 4];
  const points = [
    `{ seed: ${limited}, training.epochs: ${epochs(longSeconds)} }`,
    ...[killed, preempted, cancelled].map(short),
  ];
  await write(`[${points.join(', ')}]`, 1);
  const out = at('cluster');
  const sweep = (...args: string[]) =>
    bbits(
      [
        ...['sweep', file, '--out', out, '--launcher', 'slurm', '--jobs', '2'],
        ...['slurm.time=2', 'slurm.saveSeconds=30', ...args],
      ],
      env,
    );
  const statuses = async () =>
    (JSON.parse((await sweep('--status', '--json')).stdout) as { points: Point[] }).points;
  const pointOf = async (seed: number) =>
    (await statuses()).find(({ name }) => name.startsWith(`seed-${seed}-`));
  const folderOf = async (seed: number) => join(out, (await pointOf(seed))?.name ?? '');
  /** Waits for the run's first epochs, and returns its process id. */
  const midway = async (seed: number): Promise<number> => {
    const folder = await folderOf(seed);
    const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
    await until(async () => (await read('metrics.jsonl')).split('\n').length > 3);
    return (JSON.parse(await read('status.json')) as { pid: number }).pid;
  };

  expect(await sweep()).toMatchObject({ code: 0 });
  process.kill(await midway(killed), 'SIGKILL');
  await until(async () => (await pointOf(killed))?.status === 'lost');

  await midway(preempted);
  call('sbatch', '--partition=high', '--output=/dev/null', '--wrap=sleep 2');
  await until(async () => (await pointOf(preempted))?.status === 'queued');

  await midway(cancelled);
  slurm('restart-controller');
  call('scancel', (await pointOf(cancelled))?.task ?? '');
  await until(async () => (await pointOf(cancelled))?.status === 'interrupted');

  // The same command resubmits the killed and the cancelled point, and waits for all.
  const rest = await sweep('--wait');
  expect(rest).toMatchObject({ code: 0 });
  expect(rest.stdout).toMatch(/^Submitted job \d+: 2 points$/m);
  expect(rest.stdout).toContain('4 of 4 points finished');

  for (const name of (await pointsIn(out)).filter((each) => each.endsWith('.log'))) {
    process.stdout.write(`--- ${name}\n${withoutEpochs(await readFile(join(out, name), 'utf8'))}`);
  }
  const logOf = async (seed: number) => readFile(`${await folderOf(seed)}.log`, 'utf8');
  expect(await logOf(limited)).toMatch(/is saved; task \d+_0 is requeued\n[^]*start 2$/m);
  expect(await logOf(preempted)).toMatch(/PREEMPTION[^]*start 2$/m);
  // Nothing was trained anew: each start resumed the run of the previous one.
  expect((await pointsIn(out)).filter((name) => !name.endsWith('.log'))).toHaveLength(4);

  expect(await run('local', '--jobs', '2')).toMatchObject({ code: 0 });
  const [table, localTable] = [await reportOf(out), await reportOf(at('local'))];
  expect(table).toMatch(/^[* ] /m);
  expect(table).toBe(localTable);
});

/** Training speed in epochs per second, without startup. */
async function speedOf(run: () => Promise<unknown>, folder: string): Promise<number> {
  await run();
  const [name = ''] = await pointsIn(folder);
  const lines = (await readFile(join(folder, name, 'timings.jsonl'), 'utf8')).trimEnd().split('\n');
  const times = lines.map((line) =>
    Date.parse((JSON.parse(line) as { finished: string }).finished),
  );
  return (1000 * (times.length - 1)) / ((times.at(-1) ?? NaN) - (times[0] ?? NaN));
}

function withoutEpochs(log: string): string {
  return log.replaceAll(/^seed-\S+: epoch \d+\n/gm, '');
}

/** The trade-off table, without the lines that name the folder. */
async function reportOf(folder: string): Promise<string> {
  const { code, stdout } = await bbits(['report', folder], process.env);
  expect(code).toBe(0);
  return stdout.slice(0, stdout.indexOf('Relative BOPs: percent'));
}
