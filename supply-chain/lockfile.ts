import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../src/errors.js';

/** A package pinned in package-lock.json. */
export interface LockedPackage {
  /** Its path, such as `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly integrity: string | undefined;
  /** Source address; undefined: the registry of the installing user. */
  readonly resolved: string | undefined;
  /** Whether users install it too, not only developers of bbits. */
  readonly isProduction: boolean;
}

const lockfile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      dev: z.boolean().optional(),
    }),
  ),
});

/** Read the packages pinned in a folder's package-lock.json, without the project itself. */
export function readLockfile(folder: string): LockedPackage[] {
  const file = join(folder, 'package-lock.json');
  const read = lockfile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.success) {
    throw new UserError(
      `${file}: expected a lockfile of version 3; found ${read.error.issues[0]?.message ?? 'another'} at ` +
        `${read.error.issues[0]?.path.join('.') ?? ''}. Make it anew with: npm install --package-lock-only`,
    );
  }
  return Object.entries(read.data.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version = '', license, integrity, resolved, dev }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { path, name, version, license, integrity, resolved, isProduction: dev !== true };
    });
}
