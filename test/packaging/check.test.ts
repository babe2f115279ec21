import { expect, test } from 'vitest';
import { startNode } from '../helpers/run-bbits.js';

test('the checks of `npm publish` pass in a dry run, a setting that npm passes on to its child processes', async () => {
  const rehearsal = { npm_config_dry_run: 'true' };
  // A build would replace the files that other tests are running.
  const withoutBuild = { npm_config_ignore_scripts: 'true' };
  const env = { ...process.env, ...rehearsal, ...withoutBuild };
  const args = ['--import', 'tsx', 'packaging/check.ts', '--publishing'];
  const { code, stdout, stderr } = await startNode(args, env).ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
});
