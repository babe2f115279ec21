import { prefersXla } from '../../compile/native-backend.js';
import type { PhaseSizes } from '../../setup/batch-sizes.js';
import type { TrainingSetup } from '../../setup/training-setup.js';
import type { Phase } from './phase.js';

/**
 * Make a phase with its images on the device, if XLA compiles it and the images can be placed. A graph that
 * replaces a refused XLA program is fed images, because only XLA fuses the many small operations that unpack
 * them.
 *
 * @param make makes a phase for given sizes; it may be called twice, and must draw no random numbers
 * @returns the phase, and the setup that feeds it
 */
export function withPlacedImages(
  setup: TrainingSetup,
  make: (sizes: PhaseSizes) => Phase,
): { readonly setup: TrainingSetup; readonly phase: Phase } {
  const placed = prefersXla() ? setup.placeImages() : undefined;
  if (placed) {
    const sizes = { ...setup.sizes, placed };
    const phase = make(sizes);
    if (phase.learner.compiled.mode === 'xla') {
      return { setup: { ...setup, sizes, makeStepBatch: setup.makePlacedBatch }, phase };
    }
    phase.learner.dispose();
  }
  return { setup, phase: make(setup.sizes) };
}
