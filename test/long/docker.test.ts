import { expect, test } from 'vitest';
import { startNode } from '../helpers/run-bbits.js';

/** Without Docker its steps run in a root folder of their own, for which one must be root, on Debian. */
const canRun = process.getuid?.() === 0;

test.runIf(canRun)(
  'the Dockerfile makes what trains the quickstart natively, as a user',
  async () => {
    const running = startNode(['--import', 'tsx', 'docker/run.ts'], process.env);
    const { code, stdout, stderr } = await running.ended;
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toMatch(/^== (With Docker|Without Docker \(.*\): the Dockerfile's steps)/);
    expect(stdout).toMatch(/^Backend +native-cpu$/m);
    expect(`${stdout}${stderr}`).not.toContain('Downloading mnist');
    expect(stdout).toMatch(/^The run is in results\/quickstart-seed1$/m);
  },
);
