import type { LockedPackage } from './lockfile.js';

/** SPDX identifiers of licenses that permit everyone to use, modify and redistribute all of bbits. */
const allowed = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'],
  // A public-domain dedication.
  'Unlicense',
  // For fonts only.
  'OFL-1.1',
]);

/** Production packages with a missing or disallowed license. */
export function licenseProblems(packages: readonly LockedPackage[]): string[] {
  return packages
    .filter(({ isProduction, license }) => isProduction && !isAllowed(license))
    .map(
      ({ path, license }) =>
        `${path}: its license is ${license ?? 'not said'}, expected some of ${[...allowed].join(', ')}. Take another ` +
        'package, or, if the license permits redistribution, add it in supply-chain/licenses.ts.',
    );
}

/** In `(MIT OR X)` one license must be allowed, in `MIT AND X` both; mixed expressions are disallowed. */
function isAllowed(license: string | undefined): boolean {
  const expression = (license ?? '').replace(/^\((.*)\)$/, '$1');
  const either = expression.split(' OR ');
  const has = (one: string) => allowed.has(one);
  return either.length > 1 ? either.some(has) : expression.split(' AND ').every(has);
}

/** Number of production packages per license, the most frequent first. */
export function countLicenses(packages: readonly LockedPackage[]): string {
  const counts = new Map<string, number>();
  for (const { isProduction, license = 'none' } of packages) {
    if (isProduction) counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([license, count]) => `${count} ${license}`).join(', ');
}
