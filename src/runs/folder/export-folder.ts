import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportedFiles } from '../../deployment/exporters/exporter.js';
import { putAside } from '../../files/put-aside.js';
import { writeWhole } from '../../files/write-file.js';
import { newOrEmptyFolder } from './run-folder.js';

/** The previous contents of an export's folder. */
export type ExportBefore =
  | { readonly what: 'nothing' | 'the same' }
  /** An export of other weights or made with other options, now moved to another folder. */
  | { readonly what: 'another'; readonly movedTo: string };

/**
 * Write an export's files into a folder of their own. If the folder holds the same export, write nothing; if
 * it holds another export, move that aside, since it may still be in use.
 *
 * @throws UserError if the folder contains anything else or cannot be written
 */
export async function writeExport(folder: string, files: ExportedFiles): Promise<ExportBefore> {
  const found = await readdir(folder).catch((): string[] => []);
  // A killed export leaves the temporary file of writeWhole behind.
  const own = Object.keys(files).flatMap((name) => [name, `${name}.tmp`]);
  const isExport = found.length > 0 && found.every((name) => own.includes(name));
  if (isExport && (await holds(folder, files))) return { what: 'the same' };
  const movedTo = isExport ? await putAside(folder, 'stale') : undefined;
  await newOrEmptyFolder(folder);
  for (const [name, contents] of Object.entries(files)) {
    await writeWhole(join(folder, name), contents);
  }
  return movedTo === undefined ? { what: 'nothing' } : { what: 'another', movedTo };
}

/** Whether a folder holds these files with these contents; an unreadable file counts as different. */
async function holds(folder: string, files: ExportedFiles): Promise<boolean> {
  const same = Object.entries(files).map(async ([name, contents]) => {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    return bytes?.equals(Buffer.from(contents)) ?? false;
  });
  return (await Promise.all(same)).every((each) => each);
}
