import { expect, test } from 'vitest';
import { startNode } from '../helpers/run-bbits.js';

test('what `npm publish` checks passes in a dry run, whose setting npm passes on to every child process', async () => {
  const rehearsal = { npm_config_dry_run: 'true' };
  // A build would replace the files that other tests are running.
  const withoutBuild = { npm_config_ignore_scripts: 'true' };
  const env = { ...process.env, ...rehearsal, ...withoutBuild };
  const args = ['--import', 'tsx', 'packaging/check.ts', '--publishing'];
  const { code, stdout, stderr } = await startNode(args, env).ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
});
