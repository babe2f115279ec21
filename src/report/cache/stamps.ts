import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortDigest } from '../../files/checksum.js';

/** What tells whether the files of a folder are those that were read. */
export interface Stamp {
  /** Of each file its name, number, size and both its times. */
  readonly text: string;
  /** When one of them was changed last, in milliseconds since 1970. */
  readonly changedMs: number;
}

/**
 * Of a folder's own files. Any change of a file gives it another time of its inode (ctime), which nobody can set
 * back, unlike that of its contents (mtime). One call after the other: a thousand folders take a tenth of a
 * second, and several as Node does them beside one another.
 *
 * @returns undefined if they cannot be looked at
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
 * Of this bbits: what another one has read may be of another form, or mean something else.
 *
 * @param root of its files
 */
export function ownStamp(root = fileURLToPath(new URL('../..', import.meta.url))): string {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const parts = files.map((name) => {
    // A build beside this process may take files away that were just listed.
    const { size, mtimeMs } = statSync(join(root, name), { throwIfNoEntry: false }) ?? {};
    return `${name} ${size ?? 'gone'} ${mtimeMs ?? ''}`;
  });
  return shortDigest([root, process.version, ...parts].join('\n'));
}

/** Whose letters and lines they are; what else takes part lies beside them. */
const drawingPackages = ['vega', 'vega-lite', '@napi-rs/canvas', '@expo-google-fonts/arimo'];

/**
 * Of this bbits and of what draws its pictures: a package manager that puts another one into a folder of packages
 * gives the folder another time, or the package another path.
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
