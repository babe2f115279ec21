import { findPlatform } from './install/platform.js';

/** How many times as long a training step of LeNet-5 takes with WebAssembly (`npm run bench`). */
export const timesSlower = 8;

/** Says in one line that `auto` computes with WebAssembly, and how to get what is faster. */
export function insteadOfNative(): string {
  return findPlatform() === undefined
    ? `There is no native TensorFlow for ${process.platform}-${process.arch}: WebAssembly computes, about ${timesSlower} times slower.`
    : `Native TensorFlow is not installed: WebAssembly computes, about ${timesSlower} times slower. Install it with: bbits backend install`;
}
