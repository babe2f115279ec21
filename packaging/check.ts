import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Checks before `npm publish`: the tree is committed, CHANGELOG.md has a heading for the version, and publint
 * and arethetypeswrong find no problem. A rehearsal (`npm publish --dry-run`) skips the first two.
 */
const isRehearsal = process.env['npm_config_dry_run'] === 'true';
const isPublishing = process.argv.includes('--publishing') && !isRehearsal;

/** The tools run npm pack themselves, which the rehearsal's dry-run setting would prevent. */
const env = { ...process.env };
delete env['npm_config_dry_run'];

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const problems: string[] = [];
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
if (isPublishing) {
  const changed = run('git', 'status', '--porcelain');
  if (changed !== '') problems.push(`Expected a clean working tree, found changes:\n${changed}`);
  if (!readFileSync('CHANGELOG.md', 'utf8').includes(`\n## ${version}\n`)) {
    problems.push(`CHANGELOG.md: expected a heading "## ${version}", found none.`);
  }
}
for (const args of [
  ['publint', 'run', '--strict', '--pack', 'npm'],
  ['attw', '--pack', '.', '--profile', 'esm-only'],
]) {
  try {
    process.stdout.write(run('npx', '--no-install', ...args));
  } catch (error) {
    problems.push(`${args.join(' ')} failed: ${String((error as { stdout?: unknown }).stdout)}`);
  }
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
