import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install, type InstallOptions } from '../../../src/backend/install/install.js';
import type { InstalledBuild } from '../../../src/backend/install/cache.js';
import { fakeMachine, recorder, type FakeMachine } from './fake-machine.js';

/** A build from when tfjs-node was a dependency of bbits, and its machine. */
export async function olderBuild(
  options: InstallOptions,
): Promise<{ machine: FakeMachine; build: InstalledBuild }> {
  const machine = await fakeMachine();
  const { build } = await install(options, recorder(), machine);
  await rm(join(build.folder, 'node_modules'), { recursive: true });
  const manifest = withoutScripts(build).manifest;
  await writeFile(join(build.folder, 'manifest.json'), JSON.stringify(manifest));
  return { machine, build: { ...build, manifest } };
}

/** The build without tfjs-node in its manifest. */
export function withoutScripts({ folder, manifest }: InstalledBuild): InstalledBuild {
  const files = manifest.files.filter(({ path }) => !path.startsWith('node_modules/'));
  return { folder, manifest: { ...manifest, files } };
}
