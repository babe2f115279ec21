import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';
import type { InstalledBuild } from '../install/cache.js';
import { installCommand } from '../install/install-command.js';
import { tfjsNode } from './recipe.js';

/** Where a build keeps tfjs-node's JavaScript, and beside it what this requires. */
export const modules = 'node_modules';

/** Does a build have it? One that an earlier bbits installed had it elsewhere. */
export function hasScripts({ manifest }: InstalledBuild): boolean {
  return manifest.files.some(({ path }) => path.startsWith(`${modules}/${tfjsNode.name}/`));
}

/**
 * @returns the build
 * @throws UserError where it lacks tfjs-node's JavaScript, with the command that adds it
 */
export function requireScripts(build: InstalledBuild): InstalledBuild {
  if (hasScripts(build)) return build;
  throw new UserError(lackOfScripts(build));
}

/** What a build lacks, and the command that adds it. */
export function lackOfScripts({ folder, manifest }: InstalledBuild): string {
  return (
    `TensorFlow in ${folder} was installed by an earlier bbits, and lacks ${tfjsNode.name}, expected in its ` +
    `folder ${modules}. Add it (${formatBytes(tfjsNode.size)} from npm) with: ${installCommand(manifest)}`
  );
}
