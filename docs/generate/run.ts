import { readFile, writeFile } from 'node:fs/promises';
import { generatedFiles } from './files.js';

/** `npm run docs`: renews what is made from src/config, and says what has changed. */
for (const [path, text] of await generatedFiles()) {
  const file = new URL(`../../${path}`, import.meta.url);
  const isNew = (await readFile(file, 'utf8').catch(() => '')) !== text;
  if (isNew) await writeFile(file, text);
  process.stdout.write(`${path}: ${isNew ? 'written anew' : 'as it was'}\n`);
}
