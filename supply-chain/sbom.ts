import { z } from 'zod';
import type { LockedPackage } from './lockfile.js';

const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.\d+$/),
  metadata: z.object({ component: z.object({ purl: z.string().startsWith('pkg:npm/bbits@') }) }),
  components: z.array(
    z.object({
      purl: z.string(),
      hashes: z
        .array(z.object({ alg: z.literal('SHA-512'), content: z.string().length(128) }))
        .min(1),
    }),
  ),
});

/** Problems of a CycloneDX bill of materials, which must name each production package. */
export function sbomProblems(text: string, packages: readonly LockedPackage[]): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [`npm sbom: expected JSON, found: ${text.slice(0, 200)}`];
  }
  const read = schema.safeParse(json);
  if (!read.success) {
    return read.error.issues.map(
      ({ path, message }) => `npm sbom: ${path.join('.')} is not as CycloneDX demands: ${message}`,
    );
  }
  const named = new Set(read.data.components.map(({ purl }) => decodeURIComponent(purl)));
  return packages
    .filter(
      ({ isProduction, name, version }) => isProduction && !named.has(`pkg:npm/${name}@${version}`),
    )
    .map(({ path }) => `npm sbom: ${path} is in package-lock.json, and not among the components.`);
}
