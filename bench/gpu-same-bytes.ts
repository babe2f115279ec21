import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `tsx bench/gpu-same-bytes.ts FOLDER`: print as JSON whether the runs FOLDER/first and FOLDER/second have
 * the same bytes, how they were computed, and what XLA compiled in the first. Exit code 1 if bytes differ.
 */
const [folder = ''] = process.argv.slice(2);
const read = (run: string, file: string) => readFileSync(join(folder, run, file));
const sameBytes = ['metrics.jsonl', 'weights.safetensors', 'result.json'].map(
  (file) => [file, read('first', file).equals(read('second', file))] as const,
);
const found = {
  sameBytes: Object.fromEntries(sameBytes),
  record: JSON.parse(read('second', 'run.json').toString()) as unknown,
  compiledByXla: dumped(join(folder, 'dumps')),
};
process.stdout.write(`${JSON.stringify(found)}\n`);
if (sameBytes.some(([, isSame]) => !isSame)) process.exitCode = 1;

/** Files with the final form of each computation that XLA compiled; none if XLA was not used. */
function dumped(dumps: string): string[] {
  try {
    return readdirSync(dumps).filter((name) => name.endsWith('after_optimizations.txt'));
  } catch {
    return [];
  }
}
