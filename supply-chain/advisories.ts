import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LockedPackage } from './lockfile.js';

const version = z.string().regex(/^\d+\.\d+\.\d+$/);
const schema = z.strictObject({
  /** Date of the last review of advisories on the locked packages. */
  reviewed: z.iso.date(),
  /** Why a version with advisories is harmless here. */
  explanations: z.array(z.strictObject({ package: z.string(), version, why: z.string().min(40) })),
  advisories: z.array(
    z.strictObject({
      package: z.string(),
      id: z.string().regex(/^(GHSA|CVE)-[\w-]+$/),
      /** The first fixed version of each major version that has one. */
      fixedIn: z.array(version).min(1),
    }),
  ),
});
export type Advisories = z.infer<typeof schema>;

export function readAdvisories(folder: string): Advisories {
  return schema.parse(
    JSON.parse(readFileSync(join(folder, 'supply-chain/advisories.json'), 'utf8')),
  );
}

/** Listed advisories that affect a locked version without an explanation, and superfluous explanations. */
export function advisoryProblems(
  { advisories, explanations }: Advisories,
  packages: readonly LockedPackage[],
): string[] {
  const found = advisories.flatMap(({ package: name, id, fixedIn }) =>
    packages
      .filter((one) => one.name === name && !isFixed(one.version, fixedIn))
      .filter((one) => !isExplained(explanations, one))
      .map((one) => unexplained(one, id)),
  );
  const stale = explanations
    .filter((each) => !packages.some((one) => isExplained([each], one)))
    .map(
      ({ package: name, version: of }) =>
        `supply-chain/advisories.json: ${name} ${of} is no longer locked. Remove its explanation.`,
    );
  return [...found, ...stale];
}

const audit = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      /** Advisories, or names of affected dependencies. */
      via: z.array(z.union([z.string(), z.object({ url: z.string(), title: z.string() })])),
      /** Paths of its installations. */
      nodes: z.array(z.string()),
    }),
  ),
});

export interface AuditAnswer {
  readonly problems: readonly string[];
  /** Why the registry did not answer; undefined if it did. */
  readonly refused?: string;
}

/**
 * Findings of `npm audit --json` without an explanation in our list.
 *
 * @param text npm's output; a JSON error if the registry does not support audits
 */
export function auditProblems(
  text: string,
  { explanations }: Advisories,
  packages: readonly LockedPackage[],
): AuditAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problems: [], refused: 'npm audit gave no JSON' };
  }
  const read = audit.safeParse(json);
  if (!read.success) {
    const said = z.object({ message: z.string() }).safeParse(json);
    // Without the address, which may be that of a private registry.
    const why = said.data?.message.replace(/ - .*$/s, '') ?? 'npm audit said nothing of findings';
    return { problems: [], refused: why };
  }
  const problems = Object.values(read.data.vulnerabilities).flatMap(({ via, nodes }) =>
    via
      .filter((each) => typeof each !== 'string')
      .flatMap(({ url, title }) =>
        packages
          .filter((one) => nodes.includes(one.path) && !isExplained(explanations, one))
          .map((one) => unexplained(one, `${title}, ${url}`)),
      ),
  );
  return { problems };
}

function isExplained(explanations: Advisories['explanations'], one: LockedPackage): boolean {
  return explanations.some((each) => each.package === one.name && each.version === one.version);
}

function unexplained({ path, version: of }: LockedPackage, what: string): string {
  return (
    `${path}: version ${of} has ${what}. Take a sound version, or say in supply-chain/advisories.json why it does ` +
    'no harm here.'
  );
}

/** Whether a version has its major version's fix, or a later major version than all fixes. */
function isFixed(of: string, fixedIn: readonly string[]): boolean {
  const line = fixedIn.filter((fixed) => majorOf(fixed) === majorOf(of));
  return line.length > 0
    ? line.some((fixed) => isAtLeast(of, fixed))
    : fixedIn.every((fixed) => majorOf(fixed) < majorOf(of));
}

const majorOf = (of: string) => Number.parseInt(of, 10);

function isAtLeast(of: string, other: string): boolean {
  return of.localeCompare(other, 'en', { numeric: true }) >= 0;
}
