import { cp, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBbits } from '../helpers/run-bbits.js';
import { reportPlace } from './run-report.js';

test('the gates of earlier epochs are removed on request, without changing tables or figures', async () => {
  const place = await reportPlace();
  const first = join(place.sweep, 'first');
  await place.point('first', 0.5, 1);
  await place.point('second', 0.2, 1);
  await writeFile(join(first, 'weights.safetensors'), 'weights');
  const compact = (...args: string[]) =>
    startBbits(['runs', 'compact', ...args], process.env, place.folder).ended;
  await place.report('sweep', '--out', 'before');
  await cp(first, join(place.folder, 'at-once'), { recursive: true });
  await compact('sweep');
  const { mtimeNs } = await stat(join(first, 'weights.safetensors'), { bigint: true });
  const later = await compact('sweep', '--without-gate-history');
  expect(later).toMatchObject({ code: 0, stderr: '' });
  expect(later.stdout).toContain('\nCompacted 2 runs: ');
  expect((await stat(join(first, 'weights.safetensors'), { bigint: true })).mtimeNs).toBe(mtimeNs);
  await compact('at-once', '--without-gate-history');
  const metrics = await place.read('sweep', 'first', 'metrics.compact.jsonl');
  expect(await place.read('at-once', 'metrics.compact.jsonl')).toBe(metrics);
  const lines = metrics.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { quantizers: unknown[] }).quantizers)).toEqual([
    [],
    expect.arrayContaining([expect.objectContaining({ name: 'conv1/weight' })]),
  ]);
  expect((await compact('sweep', '--without-gate-history')).stdout).toBe(
    'Already compact: 2 runs\n',
  );
  expect(await place.report('sweep', '--out', 'after')).toMatchObject({ code: 0, stderr: '' });
  for (const file of await readdir(join(place.folder, 'before'))) {
    const [before, after] = await Promise.all([
      place.read('before', file),
      place.read('after', file),
    ]);
    if (file === 'report.html') {
      const told = 'Gates of the last epoch: earlier ones were not kept';
      expect(before).not.toContain(told);
      expect(after).toContain(told);
    } else expect(after, file).toBe(before);
  }
});
