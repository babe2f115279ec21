import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Bundle the gradients of tfjs-core's ops into one file. tfjs-core publishes them as modules with
 * extensionless imports, which Node rejects, and @tensorflow/tfjs, which has them in a form for Node, weighs
 * 141 MB. Everything else comes from the program's own copy of tfjs-core: two copies would have two tensor
 * classes.
 */

const require = createRequire(import.meta.url);
const core = dirname(require.resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js'));
const root = fileURLToPath(new URL('..', import.meta.url));

/** The bundle's path: `#tfjs-gradients` in package.json. */
export const gradientsFile = join(root, 'dist', 'tfjs-gradients.cjs');

/** Modules of tfjs-core that its public interface exposes; an op is exposed under its name. */
const publicModules: Readonly<Record<string, string>> = {
  'base.js': 'core',
  'engine.js': '{ ENGINE: core.engine() }',
  'environment.js': '{ env: core.env }',
  'kernel_registry.js': 'core',
  'tensor.js': '{ getGlobalTensorClass: () => core.Tensor }',
  'util.js': 'core.util',
  'util_base.js': 'core.util',
  'ops/axis_util.js': 'core.backend_util',
  'ops/broadcast_util.js': 'core.broadcast_util',
  'ops/conv_util.js': 'core.backend_util',
  'ops/operation.js': 'core',
  'ops/selu_util.js': 'core.backend_util',
  'ops/slice_util.js': 'core.slice_util',
};

const publicOps = new Set(Object.keys(require('@tensorflow/tfjs-core') as object));

/** A module's replacement in the bundle, as JavaScript in which `core` is tfjs-core; undefined: none. */
export function publicForm(module: string): string | undefined {
  const [folder, file] = [dirname(module), basename(module, '.js')];
  const name = file.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return publicModules[module] ?? (folder === 'ops' && publicOps.has(name) ? 'core' : undefined);
}

const fromPublicInterface: Plugin = {
  name: 'from-public-interface',
  setup(bundle) {
    bundle.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const form = publicForm(relative(core, path));
      if (form === undefined) return undefined;
      return {
        contents: `const core = require('@tensorflow/tfjs-core');\nmodule.exports = ${form};\n`,
      };
    });
  },
};

/** Bundle the gradients. @returns the text, and the modules of tfjs-core that it contains unchanged */
export async function bundleGradients(): Promise<{ text: string; modules: string[] }> {
  const result = await build({
    entryPoints: [join(core, 'register_all_gradients.js')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@tensorflow/tfjs-core'],
    plugins: [fromPublicInterface],
    banner: { js: '// Bundled from @tensorflow/tfjs-core, Apache License 2.0, Google LLC.' },
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  const inputs = Object.values(result.metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const modules = inputs.map(([path]) => relative(core, join(process.cwd(), path)));
  return {
    text: result.outputFiles.map(({ text }) => text).join(''),
    modules: modules.filter((module) => publicForm(module) === undefined),
  };
}

/** Write the bundle. */
export async function writeGradients(): Promise<void> {
  const { text } = await bundleGradients();
  await mkdir(dirname(gradientsFile), { recursive: true });
  await writeFile(gradientsFile, text);
}
