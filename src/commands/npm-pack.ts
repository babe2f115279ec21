import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.js';
import { lastLines, run } from './child.js';
import { whileGrowing } from './while-growing.js';

/** A package of npm's, as it was published. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Of the archive, as npm writes it: `sha512-`, then base64. */
  readonly integrity: string;
  /** Of the archive, in bytes. */
  readonly size: number;
}

export interface PackOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** What the user can do where npm cannot get them, in a sentence. */
  readonly todo: string;
  /** Is told about three times a second how many bytes have come, all together. */
  readonly onProgress?: (bytes: number) => void;
}

/** A registry that is out of reach would otherwise take npm more than a minute to give up. */
const patience = { npm_config_fetch_retries: '1' };

/**
 * Lets npm get the archives of packages, from the registry and through the proxy that the user has set for it.
 * Nothing is installed, and no script of theirs runs.
 *
 * @param folder a new one, for the archives and what npm keeps meanwhile
 * @returns the archives' paths, in the order of the packages; each is what was published
 * @throws UserError where npm cannot get them, or brings something else
 */
export async function packFromNpm(
  packages: readonly NpmPackage[],
  folder: string,
  { env, signal, todo, onProgress }: PackOptions,
): Promise<string[]> {
  const [destination, cache] = [join(folder, 'archives'), join(folder, 'npm-cache')];
  await mkdir(destination, { recursive: true });
  await mkdir(cache);
  const names = packages.map(({ name, version }) => `${name}@${version}`);
  const failed = (what: string) =>
    new UserError(`npm could not get ${names.join(', ')}: ${what}\n${todo}`);
  const size = packages.reduce((sum, each) => sum + each.size, 0);
  const arrived = (bytes: number) => onProgress?.(Math.min(bytes, size));
  await whileGrowing([cache, destination], arrived, async () => {
    const { command, args } = npmCommand(env);
    const places = [`--pack-destination=${destination}`, `--cache=${cache}`];
    const quiet = ['--ignore-scripts', '--loglevel=error', '--no-update-notifier'];
    const result = await run(command, [...args, 'pack', ...names, ...places, ...quiet], {
      env: { ...patience, ...env },
      signal,
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error instanceof Error && 'code' in error ? failed(error.message) : error;
    });
    if (result.code === 0) return;
    const said = lastLines(result.stderr) || lastLines(result.stdout);
    throw failed(`exit code ${result.code ?? 'none: killed'}. Its last lines:\n${said}`);
  });
  const archives = packages.map((each) => join(destination, archiveName(each)));
  for (const [index, each] of packages.entries()) {
    await checkIntegrity(each, archives[index] ?? '', signal);
  }
  return archives;
}

/** The name that npm gives to a package's archive. */
export function archiveName({ name, version }: NpmPackage): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

/** @throws UserError where an archive is not the published one. */
export async function checkIntegrity(
  { name, version, integrity }: NpmPackage,
  archive: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash, ...(signal ? [{ signal }] : []));
  const found = `sha512-${hash.digest('base64')}`;
  if (found === integrity) return;
  throw new UserError(
    `${name} ${version} from npm: expected an archive of integrity ${integrity}, found ${found} in ` +
      `${archive}. Nothing was unpacked. It was changed on its way, or your registry has another package of this name.`,
  );
}

/**
 * Windows has npm as a script for its shell alone: there npm's own file is run, the one that runs this program, or the
 * one beside Node. npm_execpath may also be npx's, yarn's or pnpm's.
 */
export function npmCommand(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): { command: string; args: string[] } {
  if (platform !== 'win32') return { command: 'npm', args: [] };
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const running = env['npm_execpath'] ?? '';
  const npm = basename(running) === 'npm-cli.js' ? running : beside;
  return { command: process.execPath, args: [npm] };
}
