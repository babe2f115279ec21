import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseDockerfile } from '../../docker/dockerfile.js';
import { whyNoDocker, whyNoFolders } from '../../docker/why-not.js';
import { startNode } from '../helpers/run-bbits.js';
import { isThere } from './tools.js';

const stages = parseDockerfile(readFileSync('Dockerfile', 'utf8'));
const noDocker = await whyNoDocker(stages);
/** Without Docker, the steps run in a root folder of their own, which needs root on Debian. */
const noFolders = noDocker && (await whyNoFolders(stages));
const canRun = isThere(
  "the Dockerfile's test",
  noFolders && `${noDocker}; without Docker: ${noFolders}`,
);

test.runIf(canRun)(
  'the Dockerfile builds an image that trains the quickstart natively, as a normal user',
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
