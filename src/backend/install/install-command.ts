import type { Manifest } from './manifest.js';

/**
 * The command that completes or replaces an installed build. It names the version and the variant, since
 * `bbits backend install` alone may install another build: on a machine with a GPU, the one for CUDA.
 */
export function installCommand(
  { tensorflow, variant }: Pick<Manifest, 'tensorflow' | 'variant'>,
  { force = false } = {},
): string {
  return `bbits backend install ${force ? '--force ' : ''}--tensorflow ${tensorflow} --${variant}`;
}
