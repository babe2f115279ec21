import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { formatConfig, parseConfig } from '../../../src/config/config.js';
import { configFile } from '../../../src/runs/folder/config-file.js';
import { statusFile } from '../../../src/runs/folder/status-file.js';
import { fakeSlurm } from '../../helpers/fake-slurm.js';
import { bin } from '../../helpers/run-bbits.js';
import { sweepConfig } from '../../helpers/sweep-config.js';

/** Systems allow about a thousand open files per process; this test uses a lower limit and fewer points. */
const fewFiles = ['-c', 'ulimit -n 160 && exec "$@"', 'bash', process.execPath, bin];

test('more points than the limit of open files are submitted, with a correct status', async () => {
  const slurm = await fakeSlurm(80);
  const { file, at } = await sweepConfig('{ seed: 1..240 }', 1);
  const sweep = async (...more: string[]) => {
    const args = ['sweep', file, '--out', at('out'), '--launcher', 'slurm', ...more];
    const { stdout } = await promisify(execFile)('bash', [...fewFiles, ...args], {
      env: slurm.env,
      maxBuffer: 2 ** 25,
    });
    return stdout;
  };
  expect(await sweep('--jobs', '4')).toMatch(
    /101: 80 points\n.*102: 80 points\n.*103: 80 points\n/,
  );
  const names = (await slurm.scripts()).join('').match(/^ {2}seed-\S+$/gm) ?? [];
  expect(names).toHaveLength(240);
  const text = (await readFile(file, 'utf8')).replace(/^sweep:.*\n/m, '');
  const status = statusFile.encode({ status: 'failed', reason: 'no memory' });
  for (const [index, name] of names.entries()) {
    const folder = at(join('out', name.trim()));
    const config = parseConfig(text, file, [`seed=${index + 1}`]);
    await mkdir(folder);
    await writeFile(join(folder, configFile), formatConfig(config));
    await writeFile(join(folder, statusFile.name), status);
    await writeFile(`${folder}.log`, 'Killed\n');
  }
  const { points } = JSON.parse(await sweep('--status', '--json')) as {
    points: { status: string; reason: string }[];
  };
  const told = new Set(points.map(({ status, reason }) => `${status}: ${reason}`));
  expect([...told]).toEqual(['failed: no memory; its log ends: Killed']);
  expect(points).toHaveLength(240);
});
