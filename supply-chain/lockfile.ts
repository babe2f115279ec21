import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../src/errors.js';

/** A package as package-lock.json pins it. */
export interface LockedPackage {
  /** Where it lies, such as `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly integrity: string | undefined;
  /** The address that it comes from; undefined: from the registry of whoever installs. */
  readonly resolved: string | undefined;
  /** Whether users get it too, not only who works on bbits. */
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

/** What package-lock.json in a folder pins, the project itself left out. */
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
