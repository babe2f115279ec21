import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeSlurm } from '../../helpers/fake-slurm.js';
import { bbits } from '../../helpers/run-bbits.js';
import { pointsIn, sweepConfig } from '../../helpers/sweep-config.js';

test('time and memory are suggested from finished points unless given', async () => {
  const slurm = await fakeSlurm();
  const { file, at, run } = await sweepConfig('{ training.epochs: [1, 3] }', 1);
  const submit = (...more: string[]) =>
    bbits(['sweep', file, '--out', at('out'), '--launcher', 'slurm', ...more], slurm.env);
  expect((await submit('--dry-run')).stderr).toBe('');
  expect(await run('out', 'sweep.training.epochs=[1]')).toMatchObject({ code: 0 });
  expect((await submit('--dry-run')).stderr).toMatch(
    /^Judging by the finished points, the longest remaining point will take 0:0\d \(m:ss\) and \d+ MB of memory\. Limits with some margin: slurm\.time=[34] slurm\.mem=1G\n$/,
  );
  const [name = ''] = await pointsIn(at('out'));
  const path = join(at('out'), name, 'timings.jsonl');
  const timing = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const write = (changed: Record<string, unknown>) =>
    writeFile(path, `${JSON.stringify({ ...timing, ...changed })}\n`);
  const large = { trainingSeconds: 1400, evaluationSeconds: 100, peakMemoryBytes: 4e9 };
  await write(large);
  // Three epochs with a 50 percent margin, a minute to start and two to save.
  const both =
    /will take 1:15:00 \(h:mm:ss\) and 4\.00 GB of memory.*: slurm\.time=116 slurm\.mem=5G\n$/;
  expect((await submit('--dry-run')).stderr).toMatch(both);
  expect((await submit('--dry-run', 'slurm.time=9')).stderr).toMatch(/margin: slurm\.mem=5G\n$/);
  expect((await submit('--dry-run', 'slurm.time=9', 'slurm.mem-per-cpu=1G')).stderr).toBe('');
  // The format of earlier versions.
  await write({ ...large, peakMemoryBytes: undefined });
  const submitted = await submit();
  expect(submitted).toMatchObject({ code: 0 });
  expect(submitted.stderr).toMatch(/will take 1:15:00 \(h:mm:ss\)\. .*: slurm\.time=116$/m);
});
