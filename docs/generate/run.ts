import { readFile, writeFile } from 'node:fs/promises';
import { generatedFiles } from './files.js';

/** `npm run docs`: regenerate the files made from src/config and src/report, and print which ones changed. */
for (const [path, text] of await generatedFiles()) {
  const file = new URL(`../../${path}`, import.meta.url);
  const isNew = (await readFile(file, 'utf8').catch(() => '')) !== text;
  if (isNew) await writeFile(file, text);
  process.stdout.write(`${path}: ${isNew ? 'written anew' : 'as it was'}\n`);
}
