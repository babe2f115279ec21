import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.js';
import { howEnded, lastLines, run } from './child.js';
import { whileGrowing } from './while-growing.js';

/** A package published on npm. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** The archive's hash as npm writes it: `sha512-`, then base64. */
  readonly integrity: string;
  /** Size of the archive in bytes. */
  readonly size: number;
}

export interface PackOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** What the user can do if npm fails, in a sentence. */
  readonly todo: string;
  /** Called about three times a second with the total number of bytes downloaded. */
  readonly onProgress?: (bytes: number) => void;
}

/** Fewer retries: npm would need more than a minute to give up on an unreachable registry. */
const patience = { npm_config_fetch_retries: '1' };

/**
 * Download the archives of packages with npm, and thus through the user's registry and proxy. Nothing is
 * installed, and none of the packages' scripts runs.
 *
 * @param folder a new folder for the archives and npm's temporary files
 * @returns the archives' paths, in the order of the packages, with verified hashes
 * @throws UserError if npm cannot download an archive or its hash is wrong
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
    new UserError(`npm could not download ${names.join(', ')}: ${what}\n${todo}`);
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
    throw failed(`${howEnded(result)}. Its last lines:\n${said}`);
  });
  const archives = packages.map((each) => join(destination, archiveName(each)));
  for (const [index, each] of packages.entries()) {
    await checkIntegrity(each, archives[index] ?? '', signal);
  }
  return archives;
}

/** npm's file name for a package's archive. */
export function archiveName({ name, version }: NpmPackage): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

/** Check an archive's hash. @throws UserError if it is not the published one */
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
    `${name} ${version} from npm: expected an archive with the integrity ${integrity}, found ${found} in ` +
      `${archive}. Nothing was unpacked. The archive was altered in transit, or your registry has another package of this name.`,
  );
}

/**
 * The command and first arguments that run npm. On Windows, npm is a shell script, so its JavaScript is run
 * instead: npm_execpath, if npm runs this program (npx, yarn and pnpm set it too), else the npm beside Node.
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
