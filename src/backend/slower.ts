import type { InstalledBuild } from './install/cache.js';
import { findPlatform } from './install/platform.js';
import { lackOfScripts } from './tfjs-node/has-scripts.js';

/** Time of LeNet-5's training step with WebAssembly relative to native TensorFlow (`npm run bench`). */
export const timesSlower = 8;

/**
 * One line saying that `auto` computes with WebAssembly, and how to install native TensorFlow.
 *
 * @param builds installed builds, best first, none of them complete
 */
export function insteadOfNative([incomplete]: readonly InstalledBuild[]): string {
  const slower = `bbits uses WebAssembly, about ${timesSlower} times slower`;
  if (incomplete !== undefined) return `${slower}. ${lackOfScripts(incomplete)}`;
  return findPlatform() === undefined
    ? `There is no native TensorFlow for ${process.platform}-${process.arch}: ${slower}.`
    : `Native TensorFlow is not installed: ${slower}. Install it with: bbits backend install`;
}
