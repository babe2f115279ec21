import { UserError } from '../../errors.js';
import { platforms, type Platform } from './recipe.js';

/** The recipe's entry for this machine; undefined where there is no TensorFlow for it. */
export function findPlatform(
  platform: string = process.platform,
  arch: string = process.arch,
): Platform | undefined {
  return platforms.find((candidate) => candidate.id === `${platform}-${arch}`);
}

/** The same. Throws UserError where there is none. */
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
      : 'Without it WebAssembly computes, slower: backend=wasm';
  throw new UserError(
    `There is no native TensorFlow for ${platform}-${arch}; bbits has it for ${known}. ${advice}`,
  );
}

/**
 * Throws UserError on a Linux without glibc (musl), where the wheels cannot be loaded. Which glibc is
 * no question: Node's own needs a newer one than the wheels.
 */
export function requireGlibc(hasGlibc = process.platform !== 'linux' || runsOnGlibc()): void {
  if (hasGlibc) return;
  throw new UserError(
    'This Linux has no glibc (Alpine?), which the TensorFlow wheels need. ' +
      'Use a system such as Debian, Ubuntu or Fedora, for example in a container.',
  );
}

function runsOnGlibc(): boolean {
  // Without this, the report resolves the names of all open connections, which may take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
