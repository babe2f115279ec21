import { existsSync } from 'node:fs';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeSlurm } from '../../helpers/fake-slurm.js';
import { bbits, startBbits } from '../../helpers/run-bbits.js';
import { pointsIn, sweepConfig } from '../../helpers/sweep-config.js';

async function slurmSweep(sweep: string, mostTasks?: number) {
  const slurm = await fakeSlurm(mostTasks);
  const { file, at } = await sweepConfig(sweep, 1);
  await writeFile(
    file,
    `${await readFile(file, 'utf8')}launcher: slurm\nslurm: { partition: low, time: 60 }\n`,
  );
  const args = (...more: string[]) => ['sweep', file, '--out', at('out'), ...more];
  const run = (...more: string[]) => bbits(args(...more), slurm.env);
  return { slurm, file, out: at('out'), args, run };
}

/** The name that the scripts give an array. */
const nameIn = (script: string) => /--job-name=(\S+)/.exec(script)?.[1] ?? '';

test('points are submitted once, as the dry run prints it; the same command again submits the rest', async () => {
  const { slurm, out, run } = await slurmSweep('{ seed: 1..3 }');
  const dry = await run('--jobs', '2', '--dry-run', 'slurm.setup=[module load nodejs]');
  expect(dry.code).toBe(0);
  expect(existsSync(out)).toBe(false);
  const first = await run('--jobs', '2', 'slurm.setup=[module load nodejs]');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('Submitted job 101: 3 points\n');
  expect(first.stderr).toMatch(
    /For the status: bbits sweep \S+ .*--status; to cancel: the same with --cancel/,
  );
  const [script = ''] = await slurm.scripts();
  expect(script).toBe(dry.stdout);
  expect(script).toContain('#SBATCH --array=0-2%2\n');
  expect(script).toContain('#SBATCH --partition=low\n#SBATCH --time=60\n');
  expect(script).toContain('\nmodule load nodejs\n');
  const manifest = join(out, '.launched', /launched\/(\w+)/.exec(script)?.[1] ?? '');
  expect(await readlink(join(manifest, '0-1.log'))).toMatch(/^\.\.\/\.\.\/seed-2-\w{8}\.log$/);

  const name = nameIn(script);
  await slurm.queue(
    [name, 0, 'RUNNING', 101],
    [name, 1, 'CANCELLED', 101],
    [name, 2, 'PENDING', 101, 'JobArrayTaskLimit'],
    // Someone else's job, with a number that one of ours had.
    ['somebody', 1, 'RUNNING', 101],
  );
  const second = await run('--jobs', '2');
  expect(second.stdout).toContain('2 points already in the queue\nSubmitted job 102: 1 point\n');
  // At most two points of both submissions run at a time.
  expect((await slurm.calls('sbatch'))[1]).toBe('--parsable --dependency=afterany:101');
  const json = JSON.parse((await run('--status', '--json')).stdout) as {
    points: { status: string; task: string | null; reason: string | null }[];
  };
  expect(json.points.map(({ status, task, reason }) => [status, task, reason])).toEqual([
    ['running', '101_0', null],
    ['lost', null, 'it has no status.json'],
    ['queued', '101_2', 'JobArrayTaskLimit'],
  ]);

  const cancelled = await run('--cancel');
  expect(cancelled.stdout).toContain('2 points removed from the queue.');
  expect(await slurm.calls('scancel')).toEqual(['101_0 101_2']);
});

test('indices restart in each array, and arrays run one after another if there is a limit', async () => {
  const { slurm, run } = await slurmSweep('{ seed: 1..5 }', 2);
  expect((await run('--jobs', '2')).stdout).toMatch(
    /101: 2 points\n.*102: 2 points\n.*103: 1 point\n/,
  );
  const scripts = await slurm.scripts();
  const arrays = scripts.map((script) => /--array=(.*)/.exec(script)?.[1]);
  expect(arrays).toEqual(['0-1%2', '0-1%2', '0-0%2']);
  expect(
    scripts.map((script) => script.match(/^ {2}seed-\d/gm)?.map((each) => each.trim())),
  ).toEqual([['seed-1', 'seed-2'], ['seed-3', 'seed-4'], ['seed-5']]);
  expect(await slurm.calls('sbatch')).toEqual([
    '--parsable',
    '--parsable --dependency=afterany:101',
    '--parsable --dependency=afterany:102',
  ]);
  await slurm.queue([nameIn(scripts[2] ?? ''), 0, 'PENDING', 103]);
  expect((await run('--status')).stdout).toMatch(/^queued +seed-5-\w{8} {2}103_0/m);
  // Without a limit no array waits.
  await slurm.queue();
  await run();
  expect((await slurm.calls('sbatch')).slice(3)).toEqual([
    '--parsable',
    '--parsable',
    '--parsable',
  ]);
});

test('a limit on submissions is reported, and submitted points are not submitted again', async () => {
  const { slurm, run } = await slurmSweep('{ seed: 1..4 }', 2);
  await slurm.does(
    'sbatch',
    `if [ $(wc -l <sbatch.calls) = 1 ]; then cat >script-1; echo 101; exit; fi
     echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1`,
  );
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toContain('Submitted job 101: 2 points\n');
  expect(stderr).toContain(
    'found: sbatch: error: QOSMaxSubmitJobPerUserLimit. Jobs already submitted',
  );
});

test('a submission whose answer was lost is found in the queue', async () => {
  const { slurm, run } = await slurmSweep('{ seed: [1] }');
  await slurm.does(
    'sbatch',
    `name=$(sed -n 's/.*--job-name=//p'); echo "$name|0|PENDING|107|None" >queue
     echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1`,
  );
  expect((await run()).stdout).toContain('Submitted job 107: 1 point\n');
});

test('a queue that does not answer is asked again, and missing Slurm is reported', async () => {
  const { slurm, file, out, run } = await slurmSweep('{ seed: [1] }');
  await run();
  await slurm.does('squeue', '[ $(wc -l <squeue.calls) -ge 2 ] || exit 1');
  expect((await run('--status')).stdout).toMatch(/^lost +seed-1/);
  expect(await slurm.calls('squeue')).toHaveLength(2);
  const { code, stderr } = await bbits(['sweep', file, '--out', `${out}-2`], {
    ...process.env,
    PATH: '/nowhere',
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^(scontrol|sbatch): expected Slurm’s command, but it cannot be started/m);
});

test('of two simultaneous submissions, one wins', async () => {
  const { slurm, args } = await slurmSweep('{ seed: 1..3 }');
  await slurm.does('scontrol', 'sleep 2; echo "MaxArraySize = 1001"');
  const running = [startBbits(args(), slurm.env), startBbits(args(), slurm.env)];
  const ended = await Promise.all(running.map((each) => each.ended));
  expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(ended.map(({ stderr }) => stderr).join('')).toContain('that no other sweep uses');
  expect(await slurm.scripts()).toHaveLength(1);
});

test('--wait reports the end of each point; only status.json shows that one has failed', async () => {
  const { slurm, args, out } = await slurmSweep('{ seed: [1, 2] }');
  // A cluster that runs the first point and loses the second.
  await slurm.does(
    'sbatch',
    `cat >script-1; SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_JOB_ID=101 SLURM_CPUS_ON_NODE=1 bash script-1 >log; echo 101`,
  );
  const { code, stdout, stderr } = await bbits(args('--wait'), slurm.env);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^1\/2 {2}seed=1 {2}[\d.]+ % at [\d.]+ % BOPs, in 0:\d\d$/m);
  expect(stdout).toContain('1 of 2 points finished');
  expect(stderr).toMatch(/seed-2-\w{8}: interrupted: it has no status.json/);
  const record = await readFile(join(out, (await pointsIn(out))[0] ?? '', 'run.json'), 'utf8');
  expect(JSON.parse(record)).toMatchObject({ threads: 1 });
});

test('Ctrl-C during --wait leaves the points in the queue, and says how to watch or cancel them', async () => {
  const { slurm, args } = await slurmSweep('{ seed: [1] }');
  await slurm.does(
    'sbatch',
    `name=$(sed -n 's/.*--job-name=//p'); echo "$name|0|PENDING|107|Priority" >queue; echo 107`,
  );
  const running = startBbits(args('--wait'), slurm.env);
  await running.says('Submitted job 107');
  running.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /Interrupted; submitted points continue\. For the status: bbits sweep .* --status; to cancel/,
  );
  expect(await slurm.calls('scancel')).toEqual([]);
});
