import { mkdir } from 'node:fs/promises';
import { extract } from 'tar';

/**
 * Unpack the wanted files of an npm archive into a folder. Links are neither followed nor created.
 *
 * @param wanted pattern of the paths in the package, such as `dist/index.js`
 */
export async function unpackPackage(
  archive: string,
  folder: string,
  wanted: RegExp,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await extract({
    file: archive,
    cwd: folder,
    strip: 1,
    strict: true,
    filter: (path, entry) =>
      'type' in entry && entry.type === 'File' && wanted.test(path.replace(/^[^/]+\//, '')),
  });
}
