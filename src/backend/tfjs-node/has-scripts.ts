import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';
import type { InstalledBuild } from '../install/cache.js';
import { installCommand } from '../install/install-command.js';
import { tfjsNode } from './recipe.js';

/** A build's folder for tfjs-node's JavaScript and the packages that it requires. */
export const modules = 'node_modules';

/** Whether a build has tfjs-node's JavaScript; earlier versions of bbits kept it elsewhere. */
export function hasScripts({ manifest }: InstalledBuild): boolean {
  return manifest.files.some(({ path }) => path.startsWith(`${modules}/${tfjsNode.name}/`));
}

/**
 * Check that a build has tfjs-node's JavaScript.
 *
 * @returns the build
 * @throws UserError if it is missing, with the command that adds it
 */
export function requireScripts(build: InstalledBuild): InstalledBuild {
  if (hasScripts(build)) return build;
  throw new UserError(lackOfScripts(build));
}

/** What a build lacks, and the command that adds it. */
export function lackOfScripts({ folder, manifest }: InstalledBuild): string {
  return (
    `TensorFlow in ${folder} was installed by an earlier version of bbits, and lacks ${tfjsNode.name}, expected in its ` +
    `folder ${modules}. Add it (${formatBytes(tfjsNode.size)} from npm) with: ${installCommand(manifest)}`
  );
}
