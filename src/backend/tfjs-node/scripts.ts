import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../../files/write-file.js';
import { withCacheLock, type InstalledBuild } from '../install/cache.js';
import type { Machine } from '../install/machine.js';
import {
  describeFile,
  manifestName,
  readManifest,
  type ManifestFile,
} from '../install/manifest.js';
import type { Reporter } from '../install/reporter.js';
import { withStaging } from '../install/staging.js';
import { formatBytes } from '../../text/bytes.js';
import { hasScripts, modules } from './has-scripts.js';
import { borrowed, borrowingSource } from './load.js';
import { keptFiles, tfjsNode } from './recipe.js';
import { bringArchive, unpackArchive } from './source.js';

/**
 * Copy tfjs-node's JavaScript into a folder. The packages that it requires are replaced by files that return
 * the program's own copies, so that only one tfjs-core is loaded.
 *
 * @param source the unpacked package of tfjs-node
 * @returns the files, with paths relative to the folder
 */
export async function writeScripts(source: string, folder: string): Promise<ManifestFile[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const kept = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(source.length + 1))
    .filter((path) => keptFiles.test(path))
    .sort();
  const paths = kept.map((path) => join(modules, tfjsNode.name, path));
  for (const [index, path] of paths.entries()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(source, kept[index] ?? ''), join(folder, path));
  }
  for (const name of borrowed) {
    const path = join(modules, name, 'index.js');
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), borrowingSource(name));
    paths.push(path);
  }
  return Promise.all(paths.map((path) => describeFile(folder, path)));
}

/**
 * Add tfjs-node's JavaScript to a build installed by an earlier version of bbits. That version can still use
 * the build.
 *
 * @returns the completed build; undefined if it was removed meanwhile
 * @throws UserError if npm cannot download it
 */
export async function addScripts(
  build: InstalledBuild,
  archive: string | undefined,
  { root, env }: Machine,
  signal: AbortSignal | undefined,
  reporter: Reporter,
): Promise<InstalledBuild | undefined> {
  const waiting = (holder: string) => {
    reporter.stage(`Waiting for another installation (${holder})`);
  };
  return withCacheLock(root, signal, waiting, () =>
    withStaging(root, async (staging) => {
      const manifest = await readManifest(build.folder);
      if (manifest === undefined) return undefined;
      if (hasScripts({ ...build, manifest })) return { ...build, manifest };
      reporter.stage(
        `Adding what the installed TensorFlow lacks: ${tfjsNode.name} ${tfjsNode.version} ` +
          (archive === undefined ? `from npm, ${formatBytes(tfjsNode.size)}` : `from ${archive}`),
      );
      const source = await unpackArchive(
        await bringArchive(staging, { archive, env, signal }),
        staging,
      );
      const made = join(staging, 'scripts');
      const added = await writeScripts(source, made);
      await rm(join(build.folder, modules), { recursive: true, force: true });
      await rename(join(made, modules), join(build.folder, modules));
      const changed = { ...manifest, files: [...manifest.files, ...added] };
      await writeWhole(join(build.folder, manifestName), `${JSON.stringify(changed, null, 2)}\n`);
      return { ...build, manifest: changed };
    }),
  );
}
