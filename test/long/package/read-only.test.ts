import { chmod, cp, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf } from '../../../docker/failure.js';
import { packageVersion } from '../../../src/version.js';
import { project } from '../../helpers/project.js';
import { isThere } from '../tools.js';
import { emptyPlace, packedArchive, run } from './place.js';

/** bbits as installed by an administrator: its user may read its folder, and write elsewhere. */

/** Root can write anywhere, so the test runs as nobody. */
const isRoot = process.getuid?.() === 0;
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const noUser = isRoot
  ? await failureOf('setpriv', [...asNobody.slice(1), 'node', '-v'])
  : undefined;
const canRun = isThere('bbits in a read-only folder', noUser);

test.runIf(canRun)('bbits works in a folder that its user cannot write to', async () => {
  const at = await emptyPlace();
  await run(at, 'npm', 'install', '--no-audit', '--no-fund', await packedArchive());
  await run(at, 'chmod', '-R', 'a+rX,a-w', '.');

  const root = dirname(at.folder);
  const folder = join(root, 'work');
  await cp((await project('')).at(), folder, { recursive: true });
  const home = at.env['HOME'] ?? '';
  if (isRoot) await run(at, 'chown', '-R', '65534:65534', folder, home);
  await chmod(root, 0o755);
  const asUser = (...command: string[]) =>
    run({ ...at, folder }, 'env', ...(isRoot ? asNobody : []), ...command);
  const bbits = (...args: string[]) =>
    asUser(join(at.folder, 'node_modules', '.bin', 'bbits'), ...args);

  const own = join(at.folder, 'node_modules', 'bbits');
  for (const each of ['.', 'dist', 'configs']) {
    await expect(asUser('touch', join(own, each, 'new'))).rejects.toThrow(/Permission denied/);
  }
  expect(await bbits('--version')).toBe(`${packageVersion()}\n`);
  expect(await bbits('train', 'small.yaml', '--out', 'run')).toContain('The run is in run\n');
  expect(await bbits('report', 'run', '--out', 'report')).toContain('report');
  expect(await bbits('export', 'run', '--format', 'onnx')).toContain('run/export');
  expect(await bbits('backend', 'doctor')).toMatch(/^Backend +wasm$/m);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['report', 'run']));
  // Lets the folder be deleted.
  await run(at, 'chmod', '-R', 'u+w', '.');
});
