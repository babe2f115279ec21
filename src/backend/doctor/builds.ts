import type { InstalledBuild } from '../install/cache.js';
import { installCommand } from '../install/install-command.js';
import { findDamage, totalSize, type Variant } from '../install/manifest.js';
import { tfjsNode } from '../tfjs-node/recipe.js';

export interface InstalledReport {
  readonly folder: string;
  readonly tensorflow: string;
  readonly variant: Variant;
  /** In bytes. */
  readonly size: number;
  /** Damaged files, each with what is wrong; empty if the build is intact. */
  readonly damage: string[];
}

/** Check every file of a build against its checksum. */
export async function examineBuild(
  build: InstalledBuild,
  signal: AbortSignal | undefined,
): Promise<InstalledReport> {
  const { folder, manifest } = build;
  const damage = await findDamage(folder, manifest, true, signal);
  if (manifest.tfjs !== tfjsNode.version) {
    damage.push(
      `the binding was built from tfjs-node-gpu ${manifest.tfjs}; this bbits needs ${tfjsNode.version}`,
    );
  }
  const { tensorflow, variant } = manifest;
  return { folder, tensorflow, variant, size: totalSize(manifest), damage };
}

/** Advice to reinstall by force: the installer's quick check misses damage that keeps a file's size. */
export function reinstall(build: InstalledReport): string {
  return `Install it again with: ${installCommand(build, { force: true })}`;
}
