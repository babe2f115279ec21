import type { Step } from './plan.js';

/**
 * Whether what a network gives depends on its image, or is the same for all: a layer that keeps no
 * channel gives constants, and so does what reads constants alone.
 *
 * @param keepsAny whether some of a weight's output channels are kept
 */
export function dependsOnImage(
  steps: readonly Step[],
  keepsAny: (weight: string, channels: number) => boolean,
): boolean {
  return steps.every((step) => {
    if (step.type === 'weighted') {
      const { gatedBy, outputShape } = step.layer;
      return keepsAny(gatedBy, outputShape.at(-1) ?? 0);
    }
    if (step.type === 'residual') {
      return [step.branch, step.shortcut].some((part) => dependsOnImage(part, keepsAny));
    }
    return true;
  });
}
