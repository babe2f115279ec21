import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LockedPackage } from './lockfile.js';

const version = z.string().regex(/^\d+\.\d+\.\d+$/);
const schema = z.strictObject({
  /** The day on which somebody last looked for advisories on what is locked. */
  reviewed: z.iso.date(),
  /** Why a version with advisories does no harm here. */
  explanations: z.array(z.strictObject({ package: z.string(), version, why: z.string().min(40) })),
  advisories: z.array(
    z.strictObject({
      package: z.string(),
      id: z.string().regex(/^(GHSA|CVE)-[\w-]+$/),
      /** The first sound version of each line that has one. */
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

/** The advisories of our list that concern a locked version, without an explanation; and explanations of nothing. */
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
        `supply-chain/advisories.json: ${name} ${of} is explained, and no longer locked. Remove it.`,
    );
  return [...found, ...stale];
}

const audit = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      /** Advisories, or the names of dependencies that have some. */
      via: z.array(z.union([z.string(), z.object({ url: z.string(), title: z.string() })])),
      /** Where it lies. */
      nodes: z.array(z.string()),
    }),
  ),
});

export interface AuditAnswer {
  readonly problems: readonly string[];
  /** Why the registry did not tell; undefined: it did. */
  readonly refused?: string;
}

/**
 * What `npm audit --json` found and our list does not explain.
 *
 * @param text its output, which is an error in JSON where the registry answers no audits
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
    // Without the address, which is that of somebody's registry.
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

/** In its own line, or in a later one than all that were mended. */
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
