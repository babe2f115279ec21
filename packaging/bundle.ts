import { existsSync } from 'node:fs';
import { copyFonts, fontsFolder } from './fonts.js';
import { gradientsFile, writeGradients } from './gradients.js';

/** Copy into dist/ the files that the program uses from packages outside its dependencies. */
export async function bundle(): Promise<void> {
  await writeGradients();
  await copyFonts();
}

/** Call `bundle` if its output, which running from src/ also needs, is missing. */
export async function bundleIfMissing(): Promise<void> {
  if (!existsSync(gradientsFile) || !existsSync(fontsFolder)) await bundle();
}
