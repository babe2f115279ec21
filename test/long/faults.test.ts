import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';
import { lockName } from '../../src/files/lock.js';
import { resumeRun } from '../../src/runs/resume-run.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { readStatus } from '../../src/runs/folder/status-file.js';
import { withFault, type Fault } from '../helpers/faults.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { runFileHashes } from '../helpers/run-files.js';
import { silent } from '../helpers/silent-observer.js';
import { twoShortPhases } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const options = { command: ['test'] };

/**
 * Fails each operation on a run's files in turn, alternately alone (a full disk) and with all that follow (a
 * crash). Each time, resuming the run ends with the same bytes.
 */
test('a run survives any failed file operation', async () => {
  const around = await temporaryFolder();
  const data = await learnableMnist(40, 20);
  const config = parseConfig(
    `dataset: { name: mnist, path: ${data} }\n${twoShortPhases}`,
    'small.yaml',
  );
  const train = (out: string) => () =>
    runExperiment({ config, file: 'small.yaml' }, { ...options, out }, silent);
  const whole = join(around, 'whole');
  await train(whole)();
  const expected = await runFileHashes(whole);

  const counted = await withFault(around, undefined, train(join(around, 'counted')));
  expect(counted.error).toBeUndefined();
  expect(counted.operations).toBeGreaterThan(60);
  let resumed = 0;
  for (let at = 1; at <= counted.operations; at++) {
    const kind = at % 2 === 0 ? 'one' : 'crash';
    const folder = join(around, `${kind}-${at}`);
    await mkdir(folder);
    const { error } = await withFault(folder, { at, kind }, train(folder));
    // Errors must be ones the user can act on; a lock that cannot be removed may pass silently.
    if (error !== undefined) expect(error, `operation ${at}`).toBeInstanceOf(UserError);
    await processIsGone(folder, kind);
    if (!existsSync(join(folder, 'config.yaml'))) continue;
    if (error !== undefined) {
      const resume = () => resumeRun(folder, options, silent);
      // Resuming may fail as well.
      const again = await withFault(folder, { at: 1 + ((7 * at) % 40), kind }, resume);
      if (again.error !== undefined)
        expect(again.error, `operation ${at}`).toBeInstanceOf(UserError);
      await processIsGone(folder, kind);
      await resume().catch((reason: unknown) => {
        // Everything was written except the final status.
        expect(String(reason)).toContain('found one that is finished');
      });
      resumed += 1;
    }
    expect(await runFileHashes(folder), `operation ${at}`).toEqual(expected);
    await rm(folder, { recursive: true });
  }
  expect(resumed).toBeGreaterThan(50);
});

/** The same for a finished run that is extended: it ends with its new length, or is unchanged. */
test('an extension survives any failed file operation', async () => {
  const around = await temporaryFolder();
  const data = await learnableMnist(40, 20);
  const text = `dataset: { name: mnist, path: ${data} }\n${twoShortPhases}`;
  const config = parseConfig(text, 'small.yaml', ['fineTuning.epochs=0']);
  const short = join(around, 'short');
  const loaded = { config, file: 'small.yaml' };
  await runExperiment(loaded, { ...options, out: short }, silent);
  const copied = async (name: string) => {
    await cp(short, join(around, name), { recursive: true });
    return join(around, name);
  };
  const extend = (folder: string) => () =>
    resumeRun(folder, { ...options, extendEpochs: 1 }, silent);
  const whole = await copied('whole');
  await extend(whole)();
  const expected = await runFileHashes(whole);

  const counted = await copied('counted');
  const { operations } = await withFault(counted, undefined, extend(counted));
  expect(operations).toBeGreaterThan(40);
  for (let at = 1; at <= operations; at++) {
    const kind = at % 2 === 0 ? 'one' : 'crash';
    const folder = await copied(`${kind}-${at}`);
    const { error } = await withFault(folder, { at, kind }, extend(folder));
    if (error !== undefined) expect(error, `operation ${at}`).toBeInstanceOf(UserError);
    await processIsGone(folder, kind);
    const isExtended = async () =>
      (await readFile(join(folder, 'result.json'), 'utf8')).includes('extendedAfter');
    const { status } = await readStatus(folder);
    if (status !== 'finished') await resumeRun(folder, options, silent);
    else if (!(await isExtended())) await extend(folder)();
    expect(await runFileHashes(folder), `operation ${at}`).toEqual(expected);
    await rm(folder, { recursive: true });
  }
});

/** Removes the lock, as if its process had ended. An empty lock file would belong to no process. */
async function processIsGone(folder: string, kind: Fault['kind']): Promise<void> {
  const path = join(folder, lockName);
  if (kind === 'one') expect(await readFile(path, 'utf8').catch(() => 'none')).not.toBe('');
  await rm(path, { force: true });
}
