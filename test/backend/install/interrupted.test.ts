import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { install } from '../../../src/backend/install/install.js';
import { isAlive } from '../../../src/files/lock.js';
import { supportedPlatform } from '../../../src/backend/install/platform.js';
import { cached, fakeMachine, recorder } from './fake-machine.js';
import { version } from './fake-wheels.js';
import { bbits, startBbits } from '../../helpers/run-bbits.js';

const command = ['backend', 'install', '--cpu', '--tensorflow', version];
const buildFolder = `${version}-cpu-${supportedPlatform().id}`;

/** Ids of processes whose command line contains the text. */
async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text) && Number(pid) !== process.pid) found.push(pid);
  }
  return found;
}

/** A busy machine is slow to start a program. */
const patience = { timeout: 60_000 };

describe('an interrupted installation', () => {
  const signals: [NodeJS.Signals, number][] = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ];
  test.each(signals)(
    '%s: stops pip, leaves nothing behind and exits with %i',
    async (signal, code) => {
      const machine = await fakeMachine({ pip: 'stall' });
      const running = startBbits(command, machine.env);
      await running.says('Downloading');
      await expect.poll(machine.commands, patience).toHaveLength(1);
      running.kill(signal);
      const ended = await running.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).toContain('Interrupted; nothing was left behind.');
      expect(ended.stdout).toBe('');
      expect(await cached(machine)).toEqual([]);
    },
  );

  test('leaves nothing behind while compiling', async () => {
    const machine = await fakeMachine({ env: { FAKE_COMPILER: 'stall' } });
    const running = startBbits(command, machine.env);
    await expect.poll(machine.commands, patience).toHaveLength(2);
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(await cached(machine)).toEqual([]);
  });

  test('kills pip if it does not stop', async () => {
    const machine = await fakeMachine({ pip: 'deaf' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const work = install(
      { tensorflow: version, cuda: false, signal: controller.signal },
      recorder(),
      machine,
    );
    await expect.poll(machine.commands, patience).toHaveLength(1);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(await cached(machine)).toEqual([]);
    if (process.platform === 'linux') {
      expect(await processesNaming(`--dest=${machine.root}`)).toEqual([]);
    }
  });

  test('does nothing if the signal precedes the first step', async () => {
    const machine = await fakeMachine();
    const reason = new Error('enough');
    const options = { tensorflow: version, cuda: false, signal: AbortSignal.abort(reason) };
    await expect(install(options, recorder(), machine)).rejects.toBe(reason);
    expect(await cached(machine)).toEqual([]);
  });
});

describe('a killed installation', () => {
  test('leaves a lock and a staging folder, which the next installation removes', async () => {
    const machine = await fakeMachine({ pip: 'stall' });
    const running = startBbits(command, machine.env);
    await expect.poll(machine.commands, patience).toHaveLength(1);
    running.kill('SIGKILL');
    await expect.poll(() => isAlive(running.pid), patience).toBe(false);
    const left = await cached(machine);
    expect(left).toHaveLength(2);
    expect(left[1]).toMatch(/^\.staging-/);

    await machine.setPip('ok');
    const again = await bbits(command, machine.env);
    expect(again).toMatchObject({ code: 0 });
    expect(await cached(machine)).toEqual([buildFolder]);

    // The killed program's pip still runs, as an orphan.
    for (const pid of await processesNaming(`--dest=${machine.root}`)) {
      process.kill(Number(pid), 'SIGKILL');
    }
  });
});

test('of two installations at once, one waits and uses the build of the other', async () => {
  const machine = await fakeMachine({ pip: 'slow' });
  const both = await Promise.all([bbits(command, machine.env), bbits(command, machine.env)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.map(({ stdout }) => stdout.split(':')[0]).sort()).toEqual([
    ...['Already installed', 'Installed'],
  ]);
  expect(both.filter(({ stderr }) => stderr.includes('Waiting for another'))).toHaveLength(1);
  expect(await machine.downloads()).toHaveLength(1);
  expect(await cached(machine)).toEqual([buildFolder]);
});

test('of two installations at once, the second installs if the first is killed', async () => {
  const machine = await fakeMachine({ pip: 'stall' });
  const first = startBbits(command, machine.env);
  await expect.poll(machine.commands, patience).toHaveLength(1);
  const second = startBbits(command, machine.env);
  await second.says('Waiting for another');
  await machine.setPip('ok');
  first.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 130 });
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(await cached(machine)).toEqual([buildFolder]);
});

test('a build is installed where the environment says', async () => {
  const machine = await fakeMachine();
  const { stdout } = await bbits(command, machine.env);
  expect(stdout.trimEnd()).toMatch(
    new RegExp(
      `^Installed: TensorFlow ${version} for the CPU, .* in ${join(machine.root, buildFolder)}$`,
    ),
  );
});
