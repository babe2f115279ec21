import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';
import { explainCacheErrors, withCacheLock } from '../install/cache.js';
import { packFromNpm } from '../../commands/npm-pack.js';
import { unpackPackage } from '../../commands/unpack-package.js';
import { requireFreeSpace } from '../install/disk.js';
import type { Machine } from '../install/machine.js';
import { describeFile, filesSchema, findDamage, manifestName } from '../install/manifest.js';
import { requireGlibc } from '../install/platform.js';
import type { Reporter } from '../install/reporter.js';
import { goLive, removeStale, withStaging } from '../install/staging.js';
import { onnxruntimeName, platforms, recipe, version, type Part } from './recipe.js';

export interface OnnxruntimeOptions {
  readonly machine: Machine;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Default: this machine's. */
  readonly platform?: string;
  /** Default: the platform's published packages. */
  readonly packages?: readonly Part[];
}

/**
 * Download onnxruntime from npm into the user's cache folder, beside the builds of TensorFlow, unless an
 * intact copy is already there. Files for other platforms are left out.
 *
 * @returns the folder in which Node finds the packages
 * @throws UserError if there is none for the platform, npm cannot download it, or an archive is not the
 *   expected one
 */
export async function installOnnxruntime(options: OnnxruntimeOptions): Promise<string> {
  const { machine, reporter, signal, platform = `${process.platform}-${process.arch}` } = options;
  const { root } = machine;
  if (!platforms.includes(platform)) {
    throw new UserError(
      `--check: found the platform ${platform}, expected one for which bbits installs onnxruntime: ` +
        `${platforms.join(', ')}. Check the file on such a machine, or with an onnxruntime of your own.`,
    );
  }
  requireGlibc();
  const folder = join(root, onnxruntimeName(platform));
  const waiting = (holder: string) => {
    reporter.stage(`Waiting for another installation (${holder})`);
  };
  return explainCacheErrors(root, async () => {
    if (await isIntact(folder)) return folder;
    return withCacheLock(root, signal, waiting, async () => {
      if (await isIntact(folder)) return folder;
      await removeStale(root);
      await withStaging(root, (staging) => fetchInto(folder, staging, platform, options));
      return folder;
    });
  });
}

export interface OnnxruntimeReport {
  readonly folder: string;
  readonly version: string;
  /** In bytes. */
  readonly size: number;
  /** Damaged files, each with what is wrong. */
  readonly damage: string[];
}

/** The installed onnxruntime, every file checked; undefined if there is none. @param root of the cache */
export async function findOnnxruntime(
  root: string,
  signal: AbortSignal | undefined,
): Promise<OnnxruntimeReport | undefined> {
  const folder = join(root, onnxruntimeName(`${process.platform}-${process.arch}`));
  const found = await examine(folder, true, signal);
  return found && { folder, version, ...found };
}

/** The manifest is written last: a folder without one is not an installation. */
const manifestSchema = z.object({ onnxruntime: z.string(), files: filesSchema });

/** Size in bytes, and damage, one line per file; undefined if not installed. @param deep see `findDamage` */
async function examine(
  folder: string,
  deep: boolean,
  signal?: AbortSignal,
): Promise<{ size: number; damage: string[] } | undefined> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { data } = manifestSchema.safeParse(parsed(text));
  if (!data) return { size: 0, damage: [`${join(folder, manifestName)} cannot be read`] };
  const size = data.files.reduce((sum, file) => sum + file.size, 0);
  return { size, damage: await findDamage(folder, data, deep, signal) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function isIntact(folder: string): Promise<boolean> {
  return (await examine(folder, false))?.damage.length === 0;
}

async function fetchInto(
  folder: string,
  staging: string,
  platform: string,
  { machine, reporter, signal, packages = recipe(platform) }: OnnxruntimeOptions,
): Promise<void> {
  const size = packages.reduce((sum, each) => sum + each.size, 0);
  // npm also keeps its downloads in its cache, which lies in the staging folder.
  await requireFreeSpace(staging, 3 * size, machine.statfs);
  reporter.stage(
    `Downloading onnxruntime ${version} from npm, ${formatBytes(size)}; only the files for this machine are kept`,
  );
  const archives = await packFromNpm(packages, join(staging, 'npm'), {
    env: machine.env,
    signal,
    todo: 'Check the internet connection, and that npm, which comes with Node, is installed. The export is complete; only its check is missing.',
    onProgress: (bytes) => {
      // Below 1, which is reported when the command ends.
      const detail = `${formatBytes(bytes)} of ${formatBytes(size)}`;
      reporter.progress(Math.min(bytes / size, 0.99), detail);
    },
  });
  reporter.progress(1, 'downloaded');
  reporter.stage(`Unpacking the files for ${platform}`);
  const build = join(staging, 'build');
  for (const [index, { name, wanted }] of packages.entries()) {
    await unpackPackage(archives[index] ?? '', join(build, 'node_modules', name), wanted);
    signal.throwIfAborted();
  }
  const names = await readdir(build, { recursive: true, withFileTypes: true });
  const paths = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(build.length + 1))
    .sort();
  const files = await Promise.all(paths.map((path) => describeFile(build, path)));
  await goLive(build, folder, staging, { onnxruntime: version, files });
}
