import { mkdir } from 'node:fs/promises';
import { extract } from 'tar';

/**
 * Unpacks the wanted files of an archive of npm's into a folder. No link in it is followed or made.
 *
 * @param wanted matches their paths in the package: `dist/index.js`
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
