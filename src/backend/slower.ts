import { findPlatform } from './install/platform.js';

/** Time of LeNet-5's training step with WebAssembly relative to native TensorFlow (`npm run bench`). */
export const timesSlower = 8;

/** One line saying that `auto` computes with WebAssembly, and how to install native TensorFlow. */
export function insteadOfNative(): string {
  return findPlatform() === undefined
    ? `There is no native TensorFlow for ${process.platform}-${process.arch}: bbits uses WebAssembly, about ${timesSlower} times slower.`
    : `Native TensorFlow is not installed: bbits uses WebAssembly, about ${timesSlower} times slower. Install it with: bbits backend install`;
}
