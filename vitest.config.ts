import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { profilersCompiler } from './bench/profile/addon.js';
import { bundleIfMissing } from './packaging/bundle.js';
import { hasKernels } from './src/backend/install/kernels.js';
import { installedBuilds } from './src/backend/start.js';
import { hasScripts } from './src/backend/tfjs-node/has-scripts.js';

/**
 * Three projects: `native` and `wasm` are the tests that start a backend, each on that one; `any` are
 * all others. Without native TensorFlow there is no project of it, which is said.
 */
export default defineConfig(async () => {
  const starting = filesThat(/\bstartTestBackend\b|\buseBackend\b/);
  const [build] = await installedBuilds();
  const hasNative = build !== undefined && hasScripts(build);
  await bundleIfMissing();
  const ofKernels = join('test', 'kernels', 'own');
  const withoutKernels = hasNative && !hasKernels(build) ? [`${ofKernels}/**`] : [];
  const nativeOnly = filesThat(/\bstartNative\b|'native-cpu', \{ threads: 2 \}/);
  if (withoutKernels.length > 0) {
    process.stderr.write(
      `bbits' own kernels are not installed: their tests (${ofKernels}) do not run. Install them with: bbits backend install\n`,
    );
  }
  const profiling = filesThat(/\bloadProfiler\b/);
  const canProfile = hasNative && (await profilersCompiler()) !== undefined;
  if (hasNative && !canProfile) {
    process.stderr.write(
      `Profiles need Linux and a C++ compiler: their tests (${profiling.length} files) do not run.\n`,
    );
  }
  if (!hasNative) {
    process.stderr.write(
      'Native TensorFlow is not installed: tests of backends run on WebAssembly alone, and those of graphs ' +
        `(${nativeOnly.length} files) do not run.\n`,
    );
  }
  const both = starting.filter((file) => !nativeOnly.includes(file));
  // bench/gpu-all.ts has the golden vectors computed on a GPU.
  const nativeBackend = process.env['BBITS_TEST_NATIVE'] ?? 'native-cpu';
  const native = project('native', [...nativeOnly, ...both], nativeBackend, [
    ...withoutKernels,
    ...(canProfile ? [] : profiling),
  ]);
  const wasm = project('wasm', both, 'wasm');
  const any = {
    test: {
      ...shared,
      name: 'any',
      include: ['test/**/*.test.ts'],
      exclude: ['test/long/**', ...both, ...nativeOnly],
    },
  };
  return {
    test: {
      // TensorFlow's threads do not survive worker threads; two processes for two cores.
      pool: 'forks' as const,
      maxWorkers: 2,
      projects: hasNative ? [native, wasm, any] : [wasm, any],
    },
  };
});

const shared = { testTimeout: 180_000, hookTimeout: 180_000 };

/** XLA compiles without its slow passes, which decide no more than last bits. */
const quickXla = '--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true';

function project(name: string, include: string[], backend: string, exclude: string[] = []) {
  return {
    test: {
      ...shared,
      name,
      include,
      exclude,
      env: { BBITS_TEST_BACKEND: backend, XLA_FLAGS: process.env['XLA_FLAGS'] ?? quickXla },
    },
  };
}

/** Test files in whose text a pattern occurs. */
function filesThat(pattern: RegExp): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith(join('test', 'long')))
    .filter((file) => pattern.test(readFileSync(file, 'utf8')));
}
