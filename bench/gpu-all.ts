import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gpuParts, scales } from './gpu-parts.js';
import { runInTime } from './run-in-time.js';
import { runParts } from './run-parts.js';

/**
 * `tsx bench/gpu-all.ts FOLDER [SETTING...] [--seconds 570] [--only NAME] [--cpu]`: all measurements that
 * need a machine with a GPU, in parts; see docs/gpu.md. SETTINGs are those of the long training. A call runs
 * as many parts as fit in its time and prints the rest; FOLDER has a JSON file for each completed part.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '570' },
    only: { type: 'string', default: '' },
    cpu: { type: 'boolean', default: false },
  },
});
const [given, ...settings] = positionals;
if (given === undefined || !(Number(values.seconds) > 0)) {
  process.stderr.write(
    'usage: tsx bench/gpu-all.ts FOLDER [SETTING...] [--seconds N] [--only NAME] [--cpu]\n',
  );
  process.exit(2);
}
const folder = resolve(given);
await mkdir(folder, { recursive: true });
const parts = gpuParts(values.cpu ? scales.cpu : scales.gpu, folder, settings, existsSync);
const root = fileURLToPath(new URL('..', import.meta.url));
const { failed, left } = await runParts(
  parts.filter(({ name }) => name.startsWith(values.only)),
  folder,
  {
    secondsLeft: () => Number(values.seconds) - process.uptime(),
    run: (command, seconds) => runInTime(command, root, seconds),
    say: (line) => void process.stderr.write(`${line}\n`),
  },
);
if (failed.length > 0) process.stderr.write(`failed, to be tried again: ${failed.join(', ')}\n`);
if (left.length > 0) process.stderr.write(`left for another call: ${left.join(', ')}\n`);
process.exitCode = failed.length + left.length > 0 ? 1 : 0;
