/** How the weights' learning rate changes over the epochs. */
export type Schedule = 'published' | 'constant';

/**
 * The factor on the weights' learning rate in epoch e of E, from 0. Published: constant for two
 * thirds, then linear towards 0, `min(1, (E - e) / (E - floor(2/3 E)))`.
 */
export function scheduleFactor(schedule: Schedule, epoch: number, epochs: number): number {
  if (schedule === 'constant') return 1;
  return Math.min(1, (epochs - epoch) / (epochs - Math.floor((2 * epochs) / 3)));
}
