import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { fileError } from '../../files/file-error.js';
import { writeWhole } from '../../files/write-file.js';
import { buildKernels } from './addons.js';
import { bindingPath, withCacheLock, type InstalledBuild } from './cache.js';
import { findCompiler, type Compiler } from './compiler.js';
import { installCommand } from './install-command.js';
import { loadTest, type LoadTest } from './load-test.js';
import type { Machine } from './machine.js';
import { describeFile, manifestName, readManifest } from './manifest.js';
import { kernelsFile, type Platform } from './recipe.js';
import type { Reporter } from './reporter.js';
import { withStaging } from './staging.js';

/** Whether a build has bbits' own kernels in the version that this program expects. */
export function hasKernels({ folder, manifest }: InstalledBuild): boolean {
  return (
    manifest.files.some(({ path }) => path === kernelsFile) && existsSync(join(folder, kernelsFile))
  );
}

/** Path of a build's kernels; undefined if it has none. */
export function kernelsPath(build: InstalledBuild): string | undefined {
  return hasKernels(build) ? join(build.folder, kernelsFile) : undefined;
}

/** The doctor's advice on a CPU build without working kernels; undefined if all is well. */
export function adviceOnKernels(build: InstalledBuild, test: LoadTest): string | undefined {
  if (test.usesGpu) return undefined;
  const slower = 'TensorFlow runs without them, more slowly';
  if (!hasKernels(build)) {
    return `bbits' own kernels are not installed: ${slower}. If there is a C++ compiler, this command adds them without a download: ${installCommand(build.manifest)}`;
  }
  if (test.kernelsFailure === undefined) return undefined;
  return `bbits' own kernels do not load (${test.kernelsFailure}): ${slower}. Install them again with: ${installCommand(build.manifest, { force: true })}`;
}

/**
 * Compile bbits' own kernels into an unfinished build. They are optional, so a compiler error does not fail
 * the installation.
 *
 * @returns whether the kernels were compiled
 */
export async function makeKernels(
  platform: Platform,
  compiler: Compiler,
  build: string,
  staging: string,
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
  reporter: Reporter,
): Promise<boolean> {
  const { signal } = options;
  const output = join(build, kernelsFile);
  try {
    await buildKernels(platform, compiler, build, output, staging, options);
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    await rm(output, { force: true });
    reporter.stage(withoutKernels(error));
    return false;
  }
}

/**
 * Add kernels to an installed build that lacks them, with this machine's compiler and without a download. On
 * failure the build is unchanged.
 *
 * @returns the build, with kernels if they could be added; undefined if it was removed meanwhile
 */
export async function addKernels(
  build: InstalledBuild,
  platform: Platform,
  machine: Machine,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): Promise<InstalledBuild | undefined> {
  const { env, root } = machine;
  try {
    const compiler = await findCompiler(env, signal);
    if (compiler === undefined) return build;
    const waiting = (holder: string) => {
      reporter.stage(`Waiting for another installation (${holder})`);
    };
    return await withCacheLock(root, signal, waiting, () =>
      withStaging(root, async (staging) => {
        const manifest = await readManifest(build.folder);
        if (manifest === undefined) return undefined;
        const meanwhile = { ...build, manifest };
        if (hasKernels(meanwhile)) return meanwhile;
        reporter.stage(`Compiling bbits' own kernels with ${compiler.name}`);
        const made = join(staging, basename(kernelsFile));
        await buildKernels(platform, compiler, build.folder, made, staging, { env, signal });
        const place = join(build.folder, kernelsFile);
        await rename(made, place);
        const test = await loadTest(bindingPath(build), 'hidden', { env, signal }, place);
        if (test.kernelsFailure !== undefined) {
          await rm(place);
          throw new UserError(`bbits' own kernels do not load: ${test.kernelsFailure}`);
        }
        return listKernels(meanwhile);
      }),
    );
  } catch (error) {
    signal?.throwIfAborted();
    // A shared build may be in a folder that this user cannot write to.
    const isExpected = error instanceof UserError || fileError(error) !== undefined;
    if (!isExpected) throw error;
    reporter.stage(withoutKernels(error as Error));
    return build;
  }
}

async function listKernels({ folder, manifest }: InstalledBuild): Promise<InstalledBuild> {
  const others = manifest.files.filter(({ path }) => path !== kernelsFile);
  const files = [...others, await describeFile(folder, kernelsFile)];
  const changed = { ...manifest, files };
  await writeWhole(join(folder, manifestName), `${JSON.stringify(changed, null, 2)}\n`);
  return { folder, manifest: changed };
}

function withoutKernels(error: Error): string {
  return `${error.message}\nTensorFlow runs without bbits' own kernels, more slowly.`;
}
