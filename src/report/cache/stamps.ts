import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortDigest } from '../../files/checksum.js';

/** Identifies the state of a folder's files. */
export interface Stamp {
  /** Name, inode, size, mtime and ctime of each file. */
  readonly text: string;
  /** Time of the latest change, in milliseconds since 1970. */
  readonly changedMs: number;
}

/**
 * Stamp the files directly in a folder. Any change updates a file's ctime, which, unlike its mtime, cannot be
 * set back. Calls are synchronous: a thousand folders take a tenth of a second, and asynchronous calls
 * several times as long.
 *
 * @returns undefined if the files cannot be read
 */
export function stampOf(folder: string): Stamp | undefined {
  try {
    const parts: string[] = [];
    let changed = 0n;
    for (const name of readdirSync(folder).sort()) {
      const { ino, size, mtimeNs, ctimeNs } = statSync(join(folder, name), { bigint: true });
      parts.push(`${name} ${ino} ${size} ${mtimeNs} ${ctimeNs}`);
      for (const time of [mtimeNs, ctimeNs]) if (time > changed) changed = time;
    }
    return { text: parts.join('\n'), changedMs: Number(changed / 1_000_000n) };
  } catch {
    return undefined;
  }
}

/**
 * Stamp this build of bbits: files of another one may have another format or meaning.
 *
 * @param root folder of its files
 */
export function ownStamp(root = fileURLToPath(new URL('../..', import.meta.url))): string {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const parts = files.map((name) => {
    // A concurrent build may remove files that were just listed.
    const { size, mtimeMs } = statSync(join(root, name), { throwIfNoEntry: false }) ?? {};
    return `${name} ${size ?? 'gone'} ${mtimeMs ?? ''}`;
  });
  return shortDigest([root, process.version, ...parts].join('\n'));
}

/** The packages and the font that decide how pictures look; a package's dependencies are beside it. */
const drawingPackages = ['vega', 'vega-lite', '@napi-rs/canvas', '#fonts/Arimo_400Regular.ttf'];

/**
 * Stamp this build of bbits and the packages that draw its pictures: replacing one changes its path or the
 * mtime of the folder that holds it.
 */
export function drawingStamp(packages = drawingPackages.map(resolved)): string {
  const folders = packages.map((path) => {
    const folder = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?/.exec(path)?.[0] ?? path;
    return `${path} ${statSync(folder).mtimeMs}`;
  });
  return shortDigest([ownStamp(), ...folders].join('\n'));
}

function resolved(name: string): string {
  return createRequire(import.meta.url).resolve(name);
}
