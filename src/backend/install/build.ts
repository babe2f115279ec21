import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';
import { buildName, type InstalledBuild } from './cache.js';
import { buildAddons } from './addons.js';
import { tfjsNode } from '../tfjs-node/recipe.js';
import { writeScripts } from '../tfjs-node/scripts.js';
import { bringArchive, unpackArchive } from '../tfjs-node/source.js';
import { findCompiler, zigCompiler, type Compiler } from './compiler.js';
import { requireFreeSpace } from './disk.js';
import { loadTest, type LoadTest } from './load-test.js';
import type { Machine } from './machine.js';
import { makeKernels } from './kernels.js';
import { describeFile, type Manifest, type ManifestFile } from './manifest.js';
import { requirePip } from './pip.js';
import { installSizes, type InstallPlan } from './install-plan.js';
import { bindingFile, defaultTensorflow, kernelsFile, quietFile, zig } from './recipe.js';
import type { Reporter } from './reporter.js';
import { goLive } from './staging.js';
import { bringWheels, download, unpackWheels, type Job } from './wheels.js';

/**
 * Make a build as planned: download, unpack, compile and test it in the staging folder, then move it to its
 * place in the cache.
 */
export async function makeBuild(
  plan: InstallPlan,
  staging: string,
  signal: AbortSignal | undefined,
  reporter: Reporter,
  machine: Machine,
): Promise<{ build: InstalledBuild; test: LoadTest }> {
  const { env } = machine;
  const system = await findCompiler(env, signal);
  const pip = plan.local === undefined ? await requirePip(env, signal) : undefined;
  if (system === undefined && pip === undefined) throw noCompiler();
  await announce(plan, system === undefined, reporter, machine);

  const build = join(staging, 'build');
  const job: Job = { plan, pip, staging, build, machine, signal, reporter };
  // The binding comes first, as it is small: if it is unavailable, nothing else is downloaded.
  const archive = await bringArchive(staging, { archive: plan.binding, env, signal });
  const { wheels, files } = await bringWheels(job);
  const compiler = system ?? (await bringZig(job));

  reporter.stage(`Compiling TensorFlow's binding with ${compiler.name}`);
  const command = { env, signal };
  const source = await unpackArchive(archive, staging);
  await buildAddons(plan.platform, compiler, build, source, staging, command);
  const hasKernels = await makeKernels(plan.platform, compiler, build, staging, command, reporter);
  await rm(join(build, 'tensorflow', 'include'), { recursive: true });
  const scripts = await writeScripts(source, build);

  reporter.stage('Testing the build');
  const gpu = plan.variant === 'cpu' ? 'none' : machine.hasGpu ? 'used' : 'hidden';
  const kernels = hasKernels ? join(build, kernelsFile) : undefined;
  const test = await loadTest(join(build, bindingFile), gpu, { env, signal }, kernels);

  const manifest: Manifest = {
    format: 1,
    tensorflow: plan.version,
    variant: plan.variant,
    platform: process.platform,
    arch: process.arch,
    tfjs: tfjsNode.version,
    binding: bindingFile,
    compiler: compiler.name,
    wheels,
    installed: new Date().toISOString(),
    files: [
      ...withoutHeaders(files),
      ...scripts,
      await describeFile(build, bindingFile),
      await describeFile(build, quietFile),
      ...(hasKernels ? [await describeFile(build, kernelsFile)] : []),
    ],
  };
  const folder = join(machine.root, buildName(plan.version, plan.variant, plan.platform.id));
  signal?.throwIfAborted();
  await goLive(build, folder, staging, manifest);
  return { build: { folder, manifest }, test };
}

/** State the size of the download and of the build, and check that the disk has room. */
async function announce(
  plan: InstallPlan,
  needsZig: boolean,
  reporter: Reporter,
  machine: Machine,
): Promise<void> {
  const what = `TensorFlow ${plan.version} (${plan.variant === 'cuda' ? 'CUDA' : 'CPU'})`;
  if (plan.local !== undefined) {
    // The space that local wheels need is known, and checked, when they are unpacked.
    const how = plan.binding === undefined ? `. ${bindingFromNpm}.` : ', without network access.';
    reporter.stage(`${what} will be installed from the given wheel${how}`);
    return;
  }
  const { wheel, nvidia, disk } = installSizes(plan);
  const about = plan.version === defaultTensorflow ? '' : 'about ';
  const binding = plan.binding === undefined ? ` ${bindingFromNpm}.` : '';
  reporter.stage(
    `${what} will be downloaded from PyPI: ${about}${formatBytes(wheel + nvidia)}.${binding}`,
  );
  reporter.stage(`The installation will take ${about}${formatBytes(disk)} in ${machine.root}.`);
  if (needsZig) {
    const size = formatBytes(zig.sizes.wheel);
    reporter.stage(
      `This machine has no C++ compiler: one from PyPI (${size}) will be used and then removed.`,
    );
  }
  const needed = wheel + nvidia + disk + (needsZig ? zig.sizes.wheel + zig.sizes.disk : 0);
  await requireFreeSpace(machine.root, needed, machine.statfs);
}

const bindingFromNpm = `Its binding's source comes from npm: ${formatBytes(tfjsNode.size)}`;

function noCompiler(): UserError {
  return new UserError(
    'No C++ compiler was found (tried c++, g++, clang++), and with --wheel none is downloaded. ' +
      'Install one, or set the environment variable CXX to one.\n' +
      'Debian, Ubuntu: apt-get install g++\n' +
      'macOS: xcode-select --install',
  );
}

/** Download PyPI's C++ compiler, for a machine that has none. */
async function bringZig(job: Job): Promise<Compiler> {
  const wheels = await download(job, [`${zig.project}==${zig.version}`], zig.sizes.wheel);
  const folder = join(job.staging, 'compiler');
  await unpackWheels(job, wheels, zig.wantedMembers, folder);
  return zigCompiler(folder, job.machine.env, job.signal);
}

/** The headers are needed only for compiling. */
function withoutHeaders(files: ManifestFile[]): ManifestFile[] {
  return files.filter((file) => !file.path.startsWith('tensorflow/include/'));
}
