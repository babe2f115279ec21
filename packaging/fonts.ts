import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program's font folder: `#fonts` in package.json. */
export const fontsFolder = fileURLToPath(new URL('../dist/fonts', import.meta.url));

/** The four font files that reports use, from two packages of 7 MB, and their license. */
const files = [
  '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  '@expo-google-fonts/arimo/LICENSE_FONT',
  '@fontsource/arimo/files/arimo-latin-400-normal.woff2',
  '@fontsource/arimo/files/arimo-latin-700-normal.woff2',
];

/** Copy the fonts to the font folder. */
export async function copyFonts(): Promise<void> {
  const { resolve } = createRequire(import.meta.url);
  await mkdir(fontsFolder, { recursive: true });
  for (const file of files) await copyFile(resolve(file), join(fontsFolder, basename(file)));
}
