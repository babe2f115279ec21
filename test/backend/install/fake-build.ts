import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildName, type InstalledBuild } from '../../../src/backend/install/cache.js';
import type { Manifest, Variant } from '../../../src/backend/install/manifest.js';
import { tfjsNode } from '../../../src/backend/tfjs-node/recipe.js';

const contents = {
  'tensorflow/lib.so': 'library',
  'lib/tfjs_binding.node': 'binding',
  [`node_modules/${tfjsNode.name}/package.json`]: '{}',
};

/** A build without files. */
export function fakeBuild(variant: Variant, version = '2.21.0', root = '/cache'): InstalledBuild {
  const { platform, arch } = process;
  const manifest: Manifest = {
    format: 1,
    tensorflow: version,
    variant,
    platform,
    arch,
    tfjs: tfjsNode.version,
    binding: 'lib/tfjs_binding.node',
    compiler: 'c++',
    wheels: [{ name: 'a.whl', sha256: '0'.repeat(64) }],
    installed: '2026-11-20T00:00:00.000Z',
    files: Object.entries(contents).map(([path, content]) => ({
      path,
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  };
  return { folder: join(root, buildName(version, variant, `${platform}-${arch}`)), manifest };
}

/** Write a build with its files; `changes` are merged into the written manifest. */
export async function writeFakeBuild(
  root: string,
  variant: Variant = 'cpu',
  version = '2.21.0',
  changes: Partial<Manifest> = {},
): Promise<InstalledBuild> {
  const build = fakeBuild(variant, version, root);
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(build.folder, path)), { recursive: true });
    await writeFile(join(build.folder, path), content);
  }
  const manifest = { ...build.manifest, ...changes };
  await writeFile(join(build.folder, 'manifest.json'), JSON.stringify(manifest));
  return { ...build, manifest };
}
