import { UserError } from '../../errors.js';
import { platforms, type Platform } from './recipe.js';

/** The recipe's entry for this machine; undefined if TensorFlow does not support it. */
export function findPlatform(
  platform: string = process.platform,
  arch: string = process.arch,
): Platform | undefined {
  return platforms.find((candidate) => candidate.id === `${platform}-${arch}`);
}

/** The recipe's entry for this machine. @throws UserError if there is none */
export function supportedPlatform(
  platform: string = process.platform,
  arch: string = process.arch,
): Platform {
  const found = findPlatform(platform, arch);
  if (found !== undefined) return found;
  const known = platforms.map((candidate) => candidate.id).join(', ');
  const advice =
    platform === 'win32'
      ? 'Use WSL (Windows Subsystem for Linux), where the Linux build works.'
      : 'Without native TensorFlow, bbits can use WebAssembly, which is slower: backend=wasm';
  throw new UserError(
    `There is no native TensorFlow for ${platform}-${arch}; bbits has it for ${known}. ${advice}`,
  );
}

/**
 * Check that a Linux machine has glibc, since the wheels do not load with musl. Its version needs no check:
 * Node requires a newer glibc than the wheels.
 *
 * @throws UserError without glibc
 */
export function requireGlibc(hasGlibc = process.platform !== 'linux' || runsOnGlibc()): void {
  if (hasGlibc) return;
  throw new UserError(
    'This Linux has no glibc (Alpine?), which the TensorFlow wheels need. ' +
      'Use a system such as Debian, Ubuntu or Fedora, for example in a container.',
  );
}

function runsOnGlibc(): boolean {
  // Otherwise the report resolves the host names of all open connections, which may take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
