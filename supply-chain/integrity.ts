import type { LockedPackage } from './lockfile.js';

/**
 * Packages that the lockfile does not pin by content. A pinned one has a SHA-512 and no address, which would
 * be that of a mirror or of a source other than the registry.
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
