import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shipped = fileURLToPath(new URL('../results/lenet5-sweep', import.meta.url));

/** Write a sweep of any size from the shipped one's runs of twelve epochs, with other strengths and seeds. */
export async function writeLargeSweep(
  folder: string,
  strengths: number,
  seeds: number,
): Promise<void> {
  const runs = (await readdir(shipped)).filter((name) => name.startsWith('mu-'));
  for (let index = 0; index < strengths; index++) {
    for (let seed = 1; seed <= seeds; seed++) {
      const run = runs[(index * seeds + seed) % runs.length] ?? '';
      const place = join(folder, `point-${index}-${seed}`);
      await cp(join(shipped, run), place, { recursive: true });
      await replace(join(place, 'config.yaml'), /^seed: .*$/m, `seed: ${seed}`);
      await replace(
        join(place, 'config.yaml'),
        /^mu: .*$/m,
        `mu: ${(0.001 * 1.03 ** index).toPrecision(4)}`,
      );
      await replace(join(place, 'run.json'), /"seed": \d+/, `"seed": ${seed}`);
    }
  }
}

async function replace(path: string, what: RegExp, by: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(what, by));
}
