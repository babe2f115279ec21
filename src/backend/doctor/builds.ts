import type { InstalledBuild } from '../install/cache.js';
import { findDamage, totalSize, type Variant } from '../install/manifest.js';
import { tfjsNode } from '../tfjs-node/recipe.js';

export interface InstalledReport {
  folder: string;
  tensorflow: string;
  variant: Variant;
  /** In bytes. */
  size: number;
  /** Files that are not as installed, each with what is wrong; empty for an intact build. */
  damage: string[];
}

/** Reads every file of a build. */
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

/** A file that keeps its size escapes the installer's quick look, so it is forced. */
export function reinstall(build: InstalledReport): string {
  return `Install it again with: bbits backend install --force --tensorflow ${build.tensorflow} --${build.variant}`;
}
