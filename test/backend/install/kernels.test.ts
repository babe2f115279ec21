import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InstalledBuild } from '../../../src/backend/install/cache.js';
import { examine } from '../../../src/backend/doctor/doctor.js';
import { install } from '../../../src/backend/install/install.js';
import { findDamage, readManifest } from '../../../src/backend/install/manifest.js';
import { kernelsFile } from '../../../src/backend/install/recipe.js';
import { fakeMachine, recorder, type FakeMachine } from './fake-machine.js';
import { version } from './fake-wheels.js';

const options = { tensorflow: version, cuda: false };
const filesOf = (build: InstalledBuild) => build.manifest.files.map(({ path }) => path);
const notesOf = async (machine: FakeMachine) => (await examine('auto', { machine })).notes;

/** A build installed before bbits had kernels. */
async function olderBuild(env: Record<string, string> = {}) {
  const machine = await fakeMachine();
  const { build } = await install(options, recorder(), machine);
  await rm(join(build.folder, kernelsFile));
  const files = build.manifest.files.filter(({ path }) => path !== kernelsFile);
  const manifest = JSON.stringify({ ...build.manifest, files });
  await writeFile(join(build.folder, 'manifest.json'), manifest);
  return { ...machine, env: { ...machine.env, ...env }, build };
}

describe("bbits' own kernels", () => {
  test('are part of an installation', async () => {
    const machine = await fakeMachine();
    const { build } = await install(options, recorder(), machine);
    expect(filesOf(build)).toContain(kernelsFile);
    const command = (await machine.commands()).find((line) => line.includes('kernels.cc'));
    expect(command).toContain('-O3 -ffp-contract=off');
    expect(await notesOf(machine)).toEqual([]);
  });

  test('that cannot be compiled do not prevent an installation, and the doctor reports them', async () => {
    const machine = await fakeMachine({ env: { FAKE_COMPILER: 'fail-kernels' } });
    const reporter = recorder();
    const { build } = await install(options, reporter, machine);
    expect(filesOf(build)).not.toContain(kernelsFile);
    expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
    expect(reporter.stages.join('\n')).toMatch(
      /could not build bbits' own kernels \(exit code 1\)[^]*nothing is right[^]*without bbits' own kernels, more slowly/,
    );
    expect(await notesOf(machine)).toEqual([
      expect.stringMatching(
        /own kernels are not installed.*adds them.*: bbits backend install --tensorflow [\d.]+ --cpu$/,
      ),
    ]);
  });

  test('that do not load get a note from the doctor, and TensorFlow runs', async () => {
    const machine = await fakeMachine({ env: { FAKE_COMPILER: 'broken-kernels' } });
    await install(options, recorder(), machine);
    const { backend, notes } = await examine('auto', { machine });
    expect(backend?.name).toBe('native-cpu');
    expect(notes).toEqual([
      expect.stringMatching(
        /do not load \(undefined symbol: TF_Something\).*install --force --tensorflow [\d.]+ --cpu$/,
      ),
    ]);
  });

  test('are added to an older build without a download', async () => {
    const machine = await olderBuild();
    expect(await notesOf(machine)).toHaveLength(1);
    const before = await machine.downloads();
    const { build, changed } = await install(options, recorder(), machine);
    expect(changed).toBe(true);
    expect(await machine.downloads()).toEqual(before);
    expect(build.manifest).toEqual(await readManifest(build.folder));
    expect(filesOf(build)).toContain(kernelsFile);
    expect(await findDamage(build.folder, build.manifest, true)).toEqual([]);
    expect(await notesOf(machine)).toEqual([]);
    expect((await install(options, recorder(), machine)).changed).toBe(false);
  });

  test.each(['fail-kernels', 'broken-kernels'])(
    'leave an older build unchanged with the compiler %s',
    async (FAKE_COMPILER) => {
      const machine = await olderBuild({ FAKE_COMPILER });
      const reporter = recorder();
      const { build, changed } = await install(options, reporter, machine);
      expect(changed).toBe(false);
      expect(existsSync(join(build.folder, kernelsFile))).toBe(false);
      expect(filesOf(build)).not.toContain(kernelsFile);
      expect(reporter.stages.at(-1)).toMatch(
        /TensorFlow runs without bbits' own kernels, more slowly/,
      );
    },
  );
});
