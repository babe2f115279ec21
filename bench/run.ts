import type { BackendInfo } from '../src/backend/info.js';
import { startBackend } from '../src/backend/start.js';
import { UserError } from '../src/errors.js';
import { compare } from './compare.js';
import { parseOptions, roundsOf, type BenchOptions } from './options.js';
import { profileStep } from './profile/run.js';
import { benchStart } from './start.js';

/** `npm run bench`: options.ts describes its usage. */
try {
  const [what, ...args] = process.argv.slice(2);
  if (what === 'start') await benchStart(roundsOf(args));
  else if (what === 'gpu') await import('./gpu.js');
  else await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

async function run(options: BenchOptions): Promise<void> {
  const { profiled } = options;
  const found =
    profiled === undefined
      ? await compare(options, await start(options))
      : await profileStep(options, profiled, () => start(options));
  const text = options.json ? JSON.stringify(found.figures, null, 2) : found.lines.join('\n');
  process.stdout.write(`${text}\n`);
}

async function start({ threads, json }: BenchOptions): Promise<BackendInfo> {
  const backend = await startBackend('native-cpu', { threads });
  const { tensorflow, device, instructionSet, oneDnn, kernels } = backend;
  if (!json) {
    process.stdout.write(
      `TensorFlow ${tensorflow}, ${device} (${instructionSet}), oneDNN ${oneDnn}, ` +
        `${kernels === null ? "without bbits' kernels" : `kernels ${kernels}`}, ${backend.threads} threads\n`,
    );
  }
  return backend;
}
