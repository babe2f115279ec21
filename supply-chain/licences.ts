import type { LockedPackage } from './lockfile.js';

/** By their SPDX identifiers: those under which whoever has bbits may use, change and pass on all of it. */
const allowed = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'],
  // Dedicated to the public.
  'Unlicense',
  // Of fonts alone.
  'OFL-1.1',
]);

/** The packages that users get whose licence is absent, or not among those that are allowed. */
export function licenceProblems(packages: readonly LockedPackage[]): string[] {
  return packages
    .filter(({ isProduction, license }) => isProduction && !isAllowed(license))
    .map(
      ({ path, license }) =>
        `${path}: its licence is ${license ?? 'not said'}, expected some of ${[...allowed].join(', ')}. Take another ` +
        'package, or, where bbits may be passed on under it, add it in supply-chain/licences.ts.',
    );
}

/** Of an expression such as `(MIT OR X)` one must be allowed, of `MIT AND X` both; with both words none is. */
function isAllowed(license: string | undefined): boolean {
  const expression = (license ?? '').replace(/^\((.*)\)$/, '$1');
  const either = expression.split(' OR ');
  const has = (one: string) => allowed.has(one);
  return either.length > 1 ? either.some(has) : expression.split(' AND ').every(has);
}

/** How many of the packages that users get have which licence, the most frequent first. */
export function countLicences(packages: readonly LockedPackage[]): string {
  const counts = new Map<string, number>();
  for (const { isProduction, license = 'none' } of packages) {
    if (isProduction) counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([license, count]) => `${count} ${license}`).join(', ');
}
