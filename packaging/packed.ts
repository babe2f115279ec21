import { execFileSync } from 'node:child_process';

/** Paths of the files that `npm pack` would pack; build outputs are included only after a build. */
export function packedFiles(): string[] {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parsed = JSON.parse(said) as Packed[] | Record<string, Packed>;
  return Object.values(parsed).flatMap(({ files }) => files.map(({ path }) => path));
}

interface Packed {
  readonly files: readonly { readonly path: string }[];
}
