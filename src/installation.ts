import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How bbits was installed. */
export type InstallationKind = 'clone' | 'local' | 'global' | 'npx';

export interface Installation {
  /**
   * `clone`: a folder of its own, such as a clone of the repository; `local`: in a project's node_modules;
   * `global`: in the package manager's global folder; `npx`: temporarily, in its cache.
   */
  readonly kind: InstallationKind;
  /** The package's own folder. */
  readonly folder: string;
}

/** How the running program was installed, judged by its folder. */
export function ownInstallation(): Installation {
  const folder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  return { kind: installationKind(folder), folder };
}

/** How a package in this folder was installed. @param has whether a file exists */
export function installationKind(
  folder: string,
  has: (path: string) => boolean = existsSync,
): InstallationKind {
  const [project, inside] = splitAtModules(folder.replaceAll('\\', '/'));
  if (inside === undefined) return 'clone';
  // The cache folders of npx, pnpm dlx and yarn dlx.
  if (/\/(_npx|dlx(-[^/]+)?)\//.test(`${project}/`)) return 'npx';
  // pnpm's and yarn's global folders have a package.json like a project; npm's has none: it is PREFIX/lib,
  // or PREFIX on Windows.
  const ofPrefix =
    !has(join(project, 'package.json')) &&
    (basename(project) === 'lib' || has(join(project, 'bbits.cmd')));
  return ofPrefix || /\/(pnpm|yarn)\/global(\/\d+)?$/i.test(project) ? 'global' : 'local';
}

/** Split a path at node_modules into project and package; pnpm nests a second node_modules. */
function splitAtModules(folder: string): [string, string?] {
  const [, project, inside] =
    /^(.*?)\/node_modules\/\.pnpm\/[^/]+\/node_modules\/([^/]+)$/.exec(folder) ??
    /^(.*)\/node_modules\/([^/]+)$/.exec(folder) ??
    [];
  return project === undefined || inside === undefined ? [folder] : [project, inside];
}

const sentences: Readonly<Record<InstallationKind, string>> = {
  clone: 'in a folder of its own, such as a clone',
  local: 'in a project (npm install bbits)',
  global: 'as a command (npm install --global bbits)',
  npx: 'for this command alone (npx bbits)',
};

export function describeInstallation({ kind, folder }: Installation): string {
  return `${sentences[kind]}: ${folder}`;
}
