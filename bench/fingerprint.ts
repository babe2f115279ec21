import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { produceFiles, type Files } from './fingerprint-files.js';

/**
 * `npm run bench:fingerprint -- --store FILE`, and after a refactoring `npm run bench:fingerprint -- FILE`:
 * check that small runs of every kind, the reports of results/ and the output of inspect and --print-config
 * are byte for byte unchanged. The hashes depend on the machine and its versions, so they are not committed.
 *
 * With `--keep FOLDER`, a new folder, the hashed files stay there: `diff -r` compares those of two calls.
 * Files with durations or dates are omitted; the temporary folder's path becomes "FOLDER".
 */
const { values, positionals } = parseArgs({
  options: { store: { type: 'string' }, keep: { type: 'string' } },
  allowPositionals: true,
});
const { store, keep } = values;
const [stored] = positionals;
const say = (text: string) => process.stdout.write(`${text}\n`);

if (positionals.length + (store === undefined ? 0 : 1) === 1) await run();
else {
  say('usage: npm run bench:fingerprint -- (--store FILE | FILE) [--keep FOLDER]');
  process.exitCode = 2;
}

async function run(): Promise<void> {
  // Report invalid arguments before training.
  const before = stored === undefined ? {} : await readFingerprints(stored);
  if (keep !== undefined) await mkdir(keep);
  const files = await produceFiles();
  const now = fingerprints(files);
  if (store === undefined) compare(before, now);
  else {
    await writeFile(store, `${JSON.stringify(now, null, 2)}\n`);
    say(`${files.size} fingerprints are in ${store}`);
  }
  if (keep === undefined) return;
  await keepFiles(files, keep);
  say(`The files are in ${keep}`);
}

/** SHA-256 by file name. */
type Fingerprints = Readonly<Record<string, string>>;

async function readFingerprints(path: string): Promise<Fingerprints> {
  return JSON.parse(await readFile(path, 'utf8')) as Fingerprints;
}

function fingerprints(files: Files): Fingerprints {
  const names = [...files.keys()].sort();
  const hash = (name: string) =>
    createHash('sha256')
      .update(files.get(name) ?? '')
      .digest('hex');
  return Object.fromEntries(names.map((name) => [name, hash(name)]));
}

/** Print the differences; the exit code is 1 if there are any. */
function compare(before: Fingerprints, now: Fingerprints): void {
  const counts = { unchanged: 0, changed: 0, new: 0, gone: 0 };
  for (const name of Object.keys({ ...before, ...now }).sort()) {
    const difference = differenceOf(before[name], now[name]);
    counts[difference] += 1;
    if (difference === 'unchanged') continue;
    say(`${difference.padEnd(7)}  ${name}`);
    process.exitCode = 1;
  }
  const counted = Object.entries(counts).map(([difference, count]) => `${count} ${difference}`);
  say(counted.join(', '));
}

function differenceOf(before: string | undefined, now: string | undefined) {
  if (before === now) return 'unchanged';
  if (before === undefined) return 'new';
  return now === undefined ? 'gone' : 'changed';
}

async function keepFiles(files: Files, folder: string): Promise<void> {
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
