import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../../src/files/lock.js';
import { startBbits } from '../../helpers/run-bbits.js';
import { pointsIn, runningPids, sweepConfig, until } from '../../helpers/sweep-config.js';

/** Too many for a run to finish during the test. */
const endless = 1_000_000;

describe('a sweep', () => {
  test('stops at Ctrl-C, with all its jobs, and says how to continue', async () => {
    const { file, at } = await sweepConfig('{ seed: [1, 2, 3, 4] }', endless);
    const out = at('out');
    const running = startBbits(['sweep', file, '--out', out, '--jobs', '2'], process.env);
    await until(async () => (await runningPids(out)).length === 2);
    const pids = await runningPids(out);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`Interrupted; the same command continues ${out}.`);
    expect(pids.filter(isAlive)).toEqual([]);
    const names = await pointsIn(out);
    expect(names).toHaveLength(2);
    for (const name of names) {
      const text = await readFile(join(out, name, 'status.json'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ status: 'interrupted' });
    }
  });

  test('resumes from the checkpoint before a damaged one, and says so', async () => {
    const { file, at } = await sweepConfig('{ seed: [1] }', endless);
    const args = ['sweep', file, '--out', at('out')];
    const first = startBbits(args, process.env);
    let checkpoint = '';
    await until(async () => {
      const [name = ''] = await pointsIn(at('out'));
      checkpoint = join(at('out'), name, 'checkpoint.bbits');
      return existsSync(checkpoint);
    });
    first.kill('SIGUSR1');
    expect((await first.ended).code).toBe(138);
    await writeFile(checkpoint, 'none');
    const second = startBbits(args, process.env);
    await second.says(
      `1/1  seed=1  ${checkpoint}: expected a checkpoint, found a different first line. The file is ` +
        'damaged. The previous checkpoint is used.',
    );
    second.kill('SIGTERM');
    expect((await second.ended).code).toBe(143);
  });

  test('reports a job that a signal stopped after a checkpoint', async () => {
    const { file, at } = await sweepConfig('{ seed: [1] }', endless);
    const running = startBbits(['sweep', file, '--out', at('out')], process.env);
    await until(async () => (await runningPids(at('out'))).length === 1);
    const [job = 0] = await runningPids(at('out'));
    process.kill(job, 'SIGUSR1');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('interrupted: The job was stopped by SIGUSR1.');
    const [name = ''] = await pointsIn(at('out'));
    expect(existsSync(join(at('out'), name, 'checkpoint.bbits'))).toBe(true);
  });
});
