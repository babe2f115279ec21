import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../src/errors.js';
import { advisoryProblems, auditProblems, readAdvisories } from './advisories.js';
import { integrityProblems } from './integrity.js';
import { countLicenses, licenseProblems } from './licenses.js';
import { readLockfile } from './lockfile.js';
import { sbomProblems } from './sbom.js';

/**
 * `npm run supply-chain`: check that the packages in package-lock.json are pinned by hash, may be
 * redistributed, and have no advisory without an explanation; write the bill of materials,
 * supply-chain/sbom/bbits.cdx.json.
 */
const folder = join(import.meta.dirname, '..');

/** @returns stdout, whatever the exit code: npm audit fails if it finds something */
function npm(...args: string[]): string {
  const { stdout, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error) throw new UserError(`npm cannot be run: ${error.message}. Install it.`, 1);
  return stdout;
}

const problems: string[] = [];

function tell(title: string, found: readonly string[], detail: string): void {
  process.stdout.write(`${title}: ${found.length === 0 ? detail : `${found.length} problems`}\n`);
  problems.push(...found);
}

try {
  const packages = readLockfile(folder);
  const production = packages.filter(({ isProduction }) => isProduction).length;
  tell('Lockfile', integrityProblems(packages), `${packages.length} packages by their SHA-512`);
  tell('Licenses', licenseProblems(packages), countLicenses(packages));

  const list = readAdvisories(folder);
  const { advisories, explanations, reviewed } = list;
  tell(
    'Advisories',
    advisoryProblems(list, packages),
    `${advisories.length} known on ${reviewed}, ${explanations.length} versions explained`,
  );
  const audit = auditProblems(
    npm('audit', '--audit', '--json', '--package-lock-only'),
    list,
    packages,
  );
  tell(
    'npm audit',
    audit.problems,
    audit.refused === undefined
      ? 'nothing that is not explained'
      : `this registry does not answer (${audit.refused}); only the list was compared`,
  );

  const form = ['--package-lock-only', '--sbom-format', 'cyclonedx'];
  const sbom = npm('sbom', ...form);
  const wrong = sbomProblems(sbom, packages);
  const target = join(folder, 'supply-chain/sbom/bbits.cdx.json');
  if (wrong.length === 0) {
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, sbom);
  }
  tell('SBOM', wrong, `${production} packages in ${target}`);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  problems.push(error.message);
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
