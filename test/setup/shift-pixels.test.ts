import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { Augmentation } from '../../src/data/augmentation.js';
import { cropAndFlip } from '../../src/data/crop-and-flip.js';
import type { Dataset } from '../../src/data/dataset.js';
import { UserError } from '../../src/errors.js';
import { trainingSetup } from '../../src/setup/training-setup.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';

const setupOf = (...overrides: string[]) => setupFor({}, ...overrides);

const setupFor = (published: Pick<Dataset, 'augmentation'>, ...overrides: string[]) => {
  const config = parseConfig('dataset: mnist\nmodel: lenet5', 'c.yaml', overrides);
  // One white pixel in the middle of each image shows the shift.
  const dataset = learnableDataset(1, 1);
  dataset.train.images.fill(0);
  dataset.train.images[28 * 14 + 14] = 255;
  return trainingSetup(config, { ...dataset, ...published });
};

/** Largest shift in 200 draws, in pixels along either axis. */
function largestShift({ train, makeTrainingBatch }: ReturnType<typeof setupFor>): number {
  const shifts = Array.from({ length: 200 }, () => {
    const { images } = makeTrainingBatch(train, Uint32Array.of(0));
    const brightest = images.indexOf(Math.max(...images));
    return Math.max(Math.abs(Math.floor(brightest / 28) - 14), Math.abs((brightest % 28) - 14));
  });
  return Math.max(...shifts);
}

describe('training.shiftPixels', () => {
  test.each(['shift', 'crop-and-flip'])('is the largest shift of %s', (augmentation) => {
    const augmented = `training.augmentation=${augmentation}`;
    // With an even width, mirroring moves the pixel by one more.
    const mirror = augmentation === 'shift' ? 0 : 1;
    expect(largestShift(setupOf(augmented))).toBe(4 + mirror);
    expect(largestShift(setupOf(augmented, 'training.shiftPixels=1'))).toBe(1 + mirror);
    expect(largestShift(setupOf(augmented, 'training.shiftPixels=7'))).toBe(7 + mirror);
  });

  test('is the largest shift of the published augmentation of a data set', () => {
    const published = { augmentation: cropAndFlip };
    expect(largestShift(setupFor(published))).toBe(4 + 1);
    expect(largestShift(setupFor(published, 'training.shiftPixels=1'))).toBe(1 + 1);
  });

  test('is refused with an augmentation that changes images without shifting them', () => {
    const augmentation: Augmentation = { about: 'nothing', changer: () => () => undefined };
    expect(() => setupFor({ augmentation }, 'training.shiftPixels=1')).toThrow('does not shift');
  });

  test.each(['none', 'published'])('is refused with %s, which shifts no image', (augmentation) => {
    const setUp = () => setupOf(`training.augmentation=${augmentation}`, 'training.shiftPixels=1');
    expect(setUp).toThrow(UserError);
    expect(setUp).toThrow(
      `training.shiftPixels: found 1, but training.augmentation=${augmentation} does not shift the images of rows. `,
    );
  });
});
