/** A schedule of the weights' learning rate over the epochs. */
export type Schedule = 'published' | 'constant' | 'linear' | 'cosine' | Milestones;

/** After each of these epochs the rate is multiplied by the factor. */
export interface Milestones {
  readonly milestones: readonly number[];
  readonly factor: number;
}

/**
 * The factor of the weights' learning rate after e of E epochs, where e may be fractional. published:
 * constant for two thirds, then linear decay towards 0 from epoch to epoch,
 * `min(1, (E - floor(e)) / (E - floor(2/3 E)))`; linear: `1 - e / E`; cosine: `(1 + cos(pi e / E)) / 2`.
 *
 * @param done from 0 to `epochs`
 */
export function scheduleFactor(schedule: Schedule, done: number, epochs: number): number {
  if (typeof schedule === 'object') {
    const passed = schedule.milestones.filter((milestone) => milestone <= done);
    return schedule.factor ** passed.length;
  }
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - done / epochs;
    case 'cosine':
      return (1 + Math.cos((Math.PI * done) / epochs)) / 2;
    case 'published':
      return Math.min(1, (epochs - Math.floor(done)) / (epochs - Math.floor((2 * epochs) / 3)));
  }
}

/** A learning rate: constant, or a function of the epochs done, which may be fractional. */
export type LearningRate = number | ((epochsDone: number) => number);

export function learningRateAt(rate: LearningRate, epochsDone: number): number {
  return typeof rate === 'number' ? rate : rate(epochsDone);
}

/** A learning rate that follows a schedule. */
export function scheduled(rate: number, schedule: Schedule, epochs: number): LearningRate {
  return (epochsDone) => scheduleFactor(schedule, epochsDone, epochs) * rate;
}
