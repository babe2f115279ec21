import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run } from '../../src/commands/child.js';
import { findCompiler, type Compiler } from '../../src/backend/install/compiler.js';
import { supportedPlatform } from '../../src/backend/install/platform.js';
import { UserError } from '../../src/errors.js';

/**
 * A call of TF_SessionRun: start and end in nanoseconds since 1970, and RunMetadata, empty without a trace.
 */
export type SessionRun = [start: bigint, end: bigint, metadata: Uint8Array];

export interface ProfilerAddon {
  setTracing(isTracing: boolean): void;
  /** The runs since the last call. */
  takeRuns(): SessionRun[];
  /** Bytes read and written per second, in the fastest of several passes over this many bytes. */
  bandwidth(bytes: number, threads: number): number;
}

/** The compiler for the profiler; undefined if this machine cannot profile. */
export function profilersCompiler(): Promise<Compiler | undefined> {
  return process.platform === 'linux' ? findCompiler(process.env) : Promise.resolve(undefined);
}

/** More bytes than fit in a cache. */
export const beyondCaches = 256 * 2 ** 20;

/**
 * Compile `session-run.cc` and load it so that its TF_SessionRun is called in place of TensorFlow's. This
 * traces the actual training step, with its session, variables and feeds: a session that the addon made from
 * the same saved model would have its own variables and thread pool, and its feeds would have to be copied.
 *
 * Load it before the backend, because the binding's calls are resolved when the binding is loaded.
 *
 * @throws UserError without a compiler, and on systems other than Linux, whose loaders cannot replace another
 *   library's function
 */
export async function loadProfiler(): Promise<ProfilerAddon> {
  const compiler = await profilersCompiler();
  if (!compiler) {
    throw new UserError(
      process.platform === 'linux'
        ? 'The profiler needs a C++ compiler, and none was found. Install g++ or clang++, or name one in the environment variable CXX.'
        : `The profiler runs only on Linux, not on ${process.platform}.`,
    );
  }
  const { include_dir: nodeApi } = createRequire(import.meta.url)('node-api-headers') as {
    include_dir: string;
  };
  const folder = await mkdtemp(join(tmpdir(), 'bbits-profiler-'));
  try {
    const output = join(folder, 'session-run.node');
    const result = await run(compiler.command, [
      ...compiler.args,
      ...[
        '-O3',
        '-std=c++17',
        '-shared',
        '-fPIC',
        '-fvisibility=hidden',
        '-DNAPI_VERSION=8',
        '-I',
        nodeApi,
      ],
      `-DLIBRARY="${supportedPlatform().loadName}"`,
      fileURLToPath(new URL('session-run.cc', import.meta.url)),
      ...[...compiler.linkArguments, '-o', output],
    ]);
    if (result.code !== 0) {
      throw new UserError(
        `The C++ compiler ${compiler.command} (${compiler.name}) could not build the profiler. Its last lines:\n${lastLines(result.stderr)}`,
      );
    }
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, output, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL);
    return loaded.exports as ProfilerAddon;
  } finally {
    await rm(folder, { recursive: true });
  }
}
