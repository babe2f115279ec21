import { makeBuild } from './build.js';
import { explainCacheErrors, listBuilds, withCacheLock, type InstalledBuild } from './cache.js';
import { tfjsNode } from '../tfjs-node/recipe.js';
import { hasScripts } from '../tfjs-node/has-scripts.js';
import { addScripts } from '../tfjs-node/scripts.js';
import { addKernels, hasKernels } from './kernels.js';
import type { LoadTest } from './load-test.js';
import { formatBytes } from '../../text/bytes.js';
import { thisMachine, type Machine } from './machine.js';
import { findDamage, totalSize } from './manifest.js';
import { requireGlibc, supportedPlatform } from './platform.js';
import { makeInstallPlan, type InstallPlan, type InstallPlanOptions } from './install-plan.js';
import { defaultTensorflow } from './recipe.js';
import type { Reporter } from './reporter.js';
import { removeStale, withStaging } from './staging.js';

export interface InstallOptions extends InstallPlanOptions {
  /** Reinstall even if an intact build exists; it is replaced once the new one is ready. */
  readonly force?: boolean | undefined;
  /** Abort the installation: kill children, remove partial files and throw the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Installed {
  readonly build: InstalledBuild;
  /** Whether this call made or completed a build. */
  readonly changed: boolean;
  /** The load test's result; undefined unless this call made a build. */
  readonly test?: LoadTest;
}

/**
 * Install native TensorFlow and its binding into the user's cache folder, unless an intact build exists.
 * Waits for another process that is installing, and leaves no partial build behind.
 *
 * @throws UserError if the platform, the options, the network, the disk or the compiler prevents it
 */
export async function install(
  options: InstallOptions,
  reporter: Reporter,
  machine: Machine = thisMachine(),
): Promise<Installed> {
  const { root } = machine;
  const { signal, force } = options;
  const plan = makeInstallPlan(supportedPlatform(), options, machine.hasGpu);
  const waiting = (holder: string) => {
    reporter.stage(`Waiting for another installation (${holder})`);
  };
  return explainCacheErrors(root, async () => {
    const before = force === true ? undefined : await findIntact(plan, root, reporter);
    const build = before && (await complete(before, plan, machine, signal, reporter));
    if (build !== undefined) return { build, changed: build !== before };
    requireGlibc();
    return withCacheLock(root, signal, waiting, async () => {
      const meanwhile = force === true ? undefined : await findIntact(plan, root);
      if (meanwhile !== undefined) return { build: meanwhile, changed: false };
      await removeStale(root);
      const made = await withStaging(root, (staging) =>
        makeBuild(plan, staging, signal, reporter, machine),
      );
      return { ...made, changed: true };
    });
  });
}

/** Complete a build from an earlier version of bbits; undefined if it was removed meanwhile. */
async function complete(
  build: InstalledBuild,
  plan: InstallPlan,
  machine: Machine,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): Promise<InstalledBuild | undefined> {
  const loadable = hasScripts(build)
    ? build
    : await addScripts(build, plan.binding, machine, signal, reporter);
  return loadable === undefined || hasKernels(loadable)
    ? loadable
    : addKernels(loadable, plan.platform, machine, signal, reporter);
}

/** Find an installed build that satisfies the plan and whose files have the recorded sizes. */
async function findIntact(
  plan: InstallPlan,
  root: string,
  reporter?: Reporter,
): Promise<InstalledBuild | undefined> {
  for (const build of await listBuilds(root, plan.platform.id, defaultTensorflow)) {
    const { variant, tensorflow, tfjs } = build.manifest;
    if (variant !== plan.variant || tfjs !== tfjsNode.version) continue;
    if (tensorflow !== plan.version && !plan.anyVersion) continue;
    const [damage] = await findDamage(build.folder, build.manifest, false);
    if (damage === undefined) return build;
    reporter?.stage(`The installed build is damaged: ${damage}`);
  }
  return undefined;
}

/** `TensorFlow 2.21.0 for the CPU, 854 MB in <folder>`. */
export function describeBuild(build: InstalledBuild): string {
  const { tensorflow, variant } = build.manifest;
  const kind = variant === 'cuda' ? 'GPUs (CUDA)' : 'the CPU';
  return `TensorFlow ${tensorflow} for ${kind}, ${formatBytes(totalSize(build.manifest))} in ${build.folder}`;
}
