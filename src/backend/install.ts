import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { buildName, cacheRoot, listBuilds, type InstalledBuild } from './cache.js';
import { compileBinding, findCompiler, tfjsNode, zigCompiler, type Compiler } from './compile.js';
import { formatBytes, requireFreeSpace, type Statfs } from './disk.js';
import { hasNvidiaDevice } from './gpu.js';
import { loadTest, type LoadTest } from './load-test.js';
import { withLock } from './lock.js';
import { findDamage, hashFile, totalSize, type Manifest, type ManifestFile } from './manifest.js';
import { findPip, installInto, type Pip } from './pip.js';
import { requireGlibc, supportedPlatform } from './platform.js';
import { makePlan, planSizes, type Plan, type PlanOptions } from './plan.js';
import { bindingFile, defaultTensorflow, zig } from './recipe.js';
import type { Reporter } from './reporter.js';
import { goLive, makeRoot, removeStale, withStaging } from './staging.js';
import { bringWheels } from './wheels.js';

export interface InstallOptions extends PlanOptions {
  /** Ends the installation: children are killed, what was begun is removed, its reason is thrown. */
  signal?: AbortSignal;
}

/** What an installation asks of its machine; tests give their own. */
export interface Machine {
  root: string;
  env: NodeJS.ProcessEnv;
  hasGpu: boolean;
  statfs?: Statfs;
}

export interface Installed {
  build: InstalledBuild;
  /** False where everything was there already and nothing was done. */
  changed: boolean;
  /** What the load test found; undefined where nothing was done. */
  test: LoadTest | undefined;
}

export function thisMachine(): Machine {
  return { root: cacheRoot(), env: process.env, hasGpu: hasNvidiaDevice() };
}

/**
 * Installs native TensorFlow and its binding into the user's cache folder, unless an intact build is
 * there already. Another process that installs at the same time is waited for.
 *
 * @throws UserError where the platform, the options, the network, the disk or the compiler do not
 *   allow it. Nothing half-made stays behind.
 */
export async function install(
  options: InstallOptions,
  reporter: Reporter,
  machine: Machine = thisMachine(),
): Promise<Installed> {
  const plan = makePlan(supportedPlatform(), options, machine.hasGpu);
  const before = await findIntact(plan, machine.root, reporter);
  if (before !== undefined) return { build: before, changed: false, test: undefined };

  requireGlibc();
  await makeRoot(machine.root);
  const waiting = (holder: string) => {
    reporter.stage(`Waiting for another installation (${holder})`);
  };
  return withLock(machine.root, options.signal, waiting, async () => {
    const meanwhile = await findIntact(plan, machine.root, reporter);
    if (meanwhile !== undefined) return { build: meanwhile, changed: false, test: undefined };
    await removeStale(machine.root);
    return withStaging(machine.root, (staging) =>
      buildIn(staging, plan, options.signal, reporter, machine),
    );
  });
}

/** An installed build that fulfils the plan and whose files have their sizes. */
async function findIntact(
  plan: Plan,
  root: string,
  reporter: Reporter,
): Promise<InstalledBuild | undefined> {
  const { version } = tfjsNode();
  for (const build of await listBuilds(root, plan.platform.id, defaultTensorflow)) {
    const { variant, tensorflow, tfjs } = build.manifest;
    if (variant !== plan.variant || tfjs !== version) continue;
    if (tensorflow !== plan.version && !plan.anyVersion) continue;
    const [damage] = await findDamage(build.folder, build.manifest, false);
    if (damage === undefined) return build;
    reporter.stage(`The installed build is damaged: ${damage}`);
  }
  return undefined;
}

async function buildIn(
  staging: string,
  plan: Plan,
  signal: AbortSignal | undefined,
  reporter: Reporter,
  machine: Machine,
): Promise<Installed> {
  const { env, root, statfs } = machine;
  const found = await findCompiler(env, signal);
  const pip = plan.local === undefined ? await requirePip(env, signal) : undefined;
  if (found === undefined && pip === undefined) throw noCompiler();
  await announce(plan, found === undefined, reporter, machine);

  const build = join(staging, 'build');
  const wheelTask = { plan, pip, staging, build, env, signal, statfs, reporter };
  const { wheels, files } = await bringWheels(wheelTask);
  const compiler = found ?? (await bringZig(pip, staging, env, signal, reporter));

  reporter.stage(`Compiling TensorFlow's binding with ${compiler.name}`);
  await compileBinding(plan.platform, compiler, build, {
    // Compilers' temporary files and caches go where they are cleaned up.
    env: { ...env, TMPDIR: staging, ZIG_GLOBAL_CACHE_DIR: staging, ZIG_LOCAL_CACHE_DIR: staging },
    signal,
  });
  await rm(join(build, 'tensorflow', 'include'), { recursive: true });

  reporter.stage('Testing it');
  const gpu = plan.variant === 'cpu' ? 'none' : machine.hasGpu ? 'used' : 'hidden';
  const test = await loadTest(join(build, bindingFile), gpu, { env, signal });

  const manifest: Manifest = {
    format: 1,
    tensorflow: plan.version,
    variant: plan.variant,
    platform: process.platform,
    arch: process.arch,
    tfjs: tfjsNode().version,
    binding: bindingFile,
    compiler: compiler.name,
    wheels,
    installed: new Date().toISOString(),
    files: [...kept(files), await describe(build, bindingFile)],
  };
  const folder = join(root, buildName(plan.version, plan.variant, plan.platform.id));
  signal?.throwIfAborted();
  await goLive(build, folder, staging, manifest);
  return { build: { folder, manifest }, changed: true, test };
}

/** States what will be downloaded and kept, and checks that there is room for it. */
async function announce(
  plan: Plan,
  needsZig: boolean,
  reporter: Reporter,
  machine: Machine,
): Promise<void> {
  const { wheel, nvidia, disk } = planSizes(plan);
  const download = wheel + nvidia;
  const about = plan.version === defaultTensorflow ? '' : 'about ';
  const what = `TensorFlow ${plan.version} (${plan.variant === 'cuda' ? 'CUDA' : 'CPU'})`;
  const stays = `${about}${formatBytes(disk)} in ${machine.root}`;
  let needed = disk;
  if (plan.local === undefined) {
    needed += download + (needsZig ? zig.sizes.wheel + zig.sizes.disk : 0);
    const compiler = needsZig
      ? `, and a C++ compiler, as this machine has none: ${formatBytes(zig.sizes.wheel)}, removed afterwards`
      : '';
    reporter.stage(
      `${what} will be downloaded from PyPI: ${about}${formatBytes(download)}${compiler}. It takes ${stays}.`,
    );
  } else {
    // The real sizes of these files are checked when they are unpacked.
    needed = 0;
    reporter.stage(`${what} will be installed from the given wheel, without the network.`);
  }
  await requireFreeSpace(machine.root, needed, machine.statfs);
}

async function requirePip(env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<Pip> {
  const pip = await findPip(env, signal);
  if (pip !== undefined) return pip;
  throw new UserError(
    'TensorFlow is downloaded from PyPI with pip, and no pip was found (tried python3 -m pip, python -m pip, pip3). ' +
      'Install it (Debian, Ubuntu: apt-get install python3-pip), or download the wheel on another machine and give it with --wheel.',
  );
}

function noCompiler(): UserError {
  return new UserError(
    'No C++ compiler was found (tried c++, g++, clang++), and with --wheel none is downloaded. ' +
      'Install one (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install) or name one in the environment variable CXX.',
  );
}

async function bringZig(
  pip: Pip | undefined,
  staging: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): Promise<Compiler> {
  if (pip === undefined) throw noCompiler();
  reporter.stage(`Downloading a C++ compiler (${zig.project}) from PyPI`);
  const folder = join(staging, 'zig');
  const { wheel } = zig.sizes;
  await installInto(pip, zig.project, folder, {
    env,
    signal,
    arrived: (bytes) => {
      reporter.progress(
        Math.min(bytes / wheel, 0.99),
        `${formatBytes(bytes)} of ${formatBytes(wheel)}`,
      );
    },
  });
  reporter.progress(1, 'downloaded');
  return zigCompiler(folder, env, signal);
}

/** The headers have served their purpose. */
function kept(files: ManifestFile[]): ManifestFile[] {
  return files.filter((file) => !file.path.startsWith('tensorflow/include/'));
}

async function describe(build: string, path: string): Promise<ManifestFile> {
  const full = join(build, path);
  return { path, size: (await stat(full)).size, sha256: await hashFile(full) };
}

/** `TensorFlow 2.21.0 for the CPU, 854 MB in <folder>`. */
export function describeBuild(build: InstalledBuild): string {
  const { tensorflow, variant } = build.manifest;
  const kind = variant === 'cuda' ? 'GPUs (CUDA)' : 'the CPU';
  return `TensorFlow ${tensorflow} for ${kind}, ${formatBytes(totalSize(build.manifest))} in ${build.folder}`;
}
