import { prefersXla } from '../../compile/native-backend.js';
import type { PhaseSizes } from '../../setup/batch-sizes.js';
import type { TrainingSetup } from '../../setup/training-setup.js';
import type { Phase } from './phase.js';

/**
 * A phase with its images on the device, where XLA compiles it and they can be there. A graph in the place of what XLA
 * refused is fed them: what makes them from bytes is many small operations, which only XLA turns into one.
 *
 * @param make a phase of such sizes; it may be called again, and draws nothing
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
