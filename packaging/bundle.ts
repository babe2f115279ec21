import { existsSync } from 'node:fs';
import { copyFonts, fontsFolder } from './fonts.js';
import { gradientsFile, writeGradients } from './gradients.js';

/** Puts into dist/ what the program takes from packages that it does not depend on. */
export async function bundle(): Promise<void> {
  await writeGradients();
  await copyFonts();
}

/** The same where it was not done: code in src/ needs it too. */
export async function bundleIfMissing(): Promise<void> {
  if (!existsSync(gradientsFile) || !existsSync(fontsFolder)) await bundle();
}
