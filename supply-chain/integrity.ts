import type { LockedPackage } from './lockfile.js';

/**
 * What keeps the lockfile from telling every byte: each package has its SHA-512, and none an address, which would be
 * that of somebody's mirror or of another place than the registry.
 */
export function integrityProblems(packages: readonly LockedPackage[]): string[] {
  return packages.flatMap(({ path, integrity, resolved }) => [
    ...(/^sha512-[\w+/]{86}==$/.test(integrity ?? '')
      ? []
      : [`package-lock.json: ${path}: integrity is ${integrity ?? 'absent'}, expected sha512-...`]),
    ...(resolved === undefined
      ? []
      : [
          `package-lock.json: ${path}: resolved is ${resolved}, expected none. Run npm install with this ` +
            'repository’s .npmrc, or delete these lines.',
        ]),
  ]);
}
