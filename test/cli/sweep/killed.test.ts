import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../../src/files/lock.js';
import { bbits, startBbits } from '../../helpers/run-bbits.js';
import { pointsIn, runningPids, sweepConfig, until } from '../../helpers/sweep-config.js';

const epochs = 40;
/** For so many epochs native TensorFlow is faster. */
const native = ['backend=auto', 'threads=2'];

test('a sweep with a killed parent and child continues to the same results', async () => {
  const { file, at, run } = await sweepConfig('{ mu: [0.01, 0.3], seed: [1, 2] }', epochs);
  const whole = await run('whole', '--jobs', '2', ...native);
  expect(whole.code).toBe(0);
  expect(whole.stdout).toMatch(
    /^\d\/4 {2}mu=0.01 seed=1 {2}[\d.]+ % at [\d.]+ % BOPs, in 0:\d\d$/m,
  );
  expect(whole.stdout).toContain(`4 of 4 points finished, in ${at('whole')}\n`);

  const cut = at('cut');
  const first = startBbits(['sweep', file, '--out', cut, '--jobs', '2', ...native], process.env);
  await first.says('% BOPs, in');
  let midway: number | undefined;
  await until(async () => (midway = await runningMidway(cut)) !== undefined);
  const pids = await runningPids(cut);
  first.kill('SIGKILL');
  process.kill(midway ?? NaN, 'SIGKILL');
  await first.ended;
  // The jobs notice that their sweep is dead.
  await until(() => pids.every((pid) => !isAlive(pid)));
  const before = await results(cut);
  const finished = Object.keys(before);
  expect(finished.length).toBeGreaterThan(0);
  expect(finished.length).toBeLessThan(4);
  const oldTimes = await resultTimes(cut, finished);

  const second = await run('cut', '--jobs', '2', ...native);
  expect(second.code).toBe(0);
  expect(second.stderr).toMatch(/^4 points, [123] of them finished, [123] to run$/m);
  expect(await resultTimes(cut, finished)).toEqual(oldTimes);
  const all = await results(cut);
  expect(Object.keys(all)).toHaveLength(4);
  expect(all).toEqual(await results(at('whole')));
  const [table, wholeTable] = [await reportOf(cut), await reportOf(at('whole'))];
  expect(table).toMatch(/^[* ] 0\.01 +2 /m);
  expect(table).toBe(wholeTable);
  // Stopped points were resumed.
  const names = await pointsIn(cut);
  expect(names.filter((name) => name.startsWith('mu'))).toHaveLength(4);
  const calls = names.map((name) => lineCount(join(cut, name, 'invocations.jsonl')));
  expect(Math.max(...(await Promise.all(calls)))).toBe(2);

  const third = await run('cut', ...native);
  expect(third.stdout).toContain('4 of 4 points finished');
  expect(third.stderr).toContain('4 of them finished, 0 to run');
});

/** The process of a point that is midway through training. */
async function runningMidway(folder: string): Promise<number | undefined> {
  for (const name of await pointsIn(folder)) {
    const done = await lineCount(join(folder, name, 'metrics.jsonl'));
    if (done < 2 || done > epochs / 2) continue;
    const text = await readFile(join(folder, name, 'status.json'), 'utf8');
    return (JSON.parse(text) as { pid?: number }).pid;
  }
  return undefined;
}

async function lineCount(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

/** The result files of each finished point, by its name. */
async function results(folder: string): Promise<Record<string, string[]>> {
  const files = ['result.json', 'metrics.jsonl', 'config.yaml'];
  const read = async (name: string) =>
    Promise.all(files.map((file) => readFile(join(folder, name, file), 'utf8')));
  const entries = (await pointsIn(folder)).map(
    async (name) => [name, await read(name).catch(() => [])] as const,
  );
  const finished = (await Promise.all(entries)).filter(([, texts]) => texts.length > 0);
  return Object.fromEntries(finished);
}

function resultTimes(folder: string, names: readonly string[]): Promise<number[]> {
  const times = names.map(async (name) => {
    const { mtimeMs } = await stat(join(folder, name, 'result.json'));
    return mtimeMs;
  });
  return Promise.all(times);
}

/** The trade-off table, without the folder's name. */
async function reportOf(folder: string): Promise<string> {
  const { code, stdout } = await bbits(['report', folder], process.env);
  expect(code).toBe(0);
  return stdout.slice(0, stdout.indexOf('Relative BOPs: percent'));
}
