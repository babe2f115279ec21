import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A relative path with forward slashes that stays within the manifest's folder. */
const innerPath = z
  .string()
  .refine((path) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'));

/** The files of a folder, sizes in bytes. */
export const filesSchema = z
  .array(z.object({ path: innerPath, size: z.number().int().nonnegative(), sha256 }))
  .min(1);

/** The manifest of a build's folder, written last in an installation: a folder without one is not a build. */
const manifestSchema = z.object({
  format: z.literal(1),
  tensorflow: z.string(),
  variant: z.enum(['cpu', 'cuda']),
  platform: z.string(),
  arch: z.string(),
  /** Version of @tensorflow/tfjs-node-gpu that contains the binding's C++ source. */
  tfjs: z.string(),
  binding: innerPath,
  compiler: z.string(),
  wheels: z.array(z.object({ name: z.string(), sha256 })).min(1),
  installed: z.iso.datetime(),
  files: filesSchema,
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];
export type Variant = Manifest['variant'];

export const manifestName = 'manifest.json';

/** Read a build's manifest; undefined if there is none or this version cannot read it. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const text = await readFile(join(folder, manifestName), 'utf8');
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Without a readable manifest, the folder is not a build.
  }
}

/** Total size of all files in bytes. */
export function totalSize(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.size, 0);
}

/**
 * List the files that differ from the manifest, one line each; empty for an intact build.
 *
 * @param deep compare each file's sha256 (seconds); otherwise only sizes (milliseconds)
 */
export async function findDamage(
  folder: string,
  manifest: { readonly files: readonly ManifestFile[] },
  deep: boolean,
  signal?: AbortSignal,
): Promise<string[]> {
  const damage: string[] = [];
  for (const file of manifest.files) {
    const path = join(folder, file.path);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      damage.push(`${path} is missing`);
    } else if (found.size !== file.size) {
      damage.push(`${path} has ${found.size} bytes; the manifest says ${file.size}`);
    } else if (deep) {
      const hash = await hashFile(path, signal);
      if (hash !== file.sha256) {
        damage.push(`${path} has sha256 ${hash}; the manifest says ${file.sha256}`);
      }
    }
  }
  return damage;
}

/** The manifest entry of a file. @param path relative to the folder */
export async function describeFile(folder: string, path: string): Promise<ManifestFile> {
  const full = join(folder, path);
  return { path, size: (await stat(full)).size, sha256: await hashFile(full) };
}

/** sha256 of a file, as 64 hexadecimal digits. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
