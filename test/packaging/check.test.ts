import { expect, test } from 'vitest';
import { startNode } from '../helpers/run-bbits.js';

test('what `npm publish` checks passes in a rehearsal, whose setting npm gives to all that it starts', async () => {
  const rehearsal = { npm_config_dry_run: 'true' };
  // The build is there, and would be taken from under other tests.
  const withoutBuild = { npm_config_ignore_scripts: 'true' };
  const env = { ...process.env, ...rehearsal, ...withoutBuild };
  const args = ['--import', 'tsx', 'packaging/check.ts', '--publishing'];
  const { code, stdout, stderr } = await startNode(args, env).ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
});
