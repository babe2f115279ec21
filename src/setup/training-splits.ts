import type { Config } from '../config/config.js';
import { subsetOf, type Dataset, type Split } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { randomStream, shuffled } from '../random.js';

/** The default number of images when only gates and ranges of a finished run are trained. */
const postTrainingImages = 1000;

/**
 * The training images, and the validation images held out from them, drawn with the config's seed.
 *
 * @throws UserError (exit code 2) if there are too few images
 */
export function trainingSplits(
  { train, name }: Dataset,
  { training, seed, from }: Pick<Config, 'training' | 'seed' | 'from'>,
): { train: Split; validation?: Split } {
  const { validationImages, learns } = training;
  const isPostTraining =
    from !== undefined && !learns.includes('weights') && !learns.includes('biases');
  if (validationImages >= train.count) {
    throw tooMany('training.validationImages', validationImages, train.count - 1, train, name);
  }
  const left = train.count - validationImages;
  const images =
    training.images ?? (isPostTraining ? Math.min(postTrainingImages, left) : undefined);
  if (images !== undefined && images > left) {
    throw tooMany('training.images', images, left, train, name);
  }
  const used = images ?? left;
  if (used === train.count) return { train };
  const order = shuffled(train.count, randomStream(seed, 'validation'));
  const chosen = subsetOf(train, order.subarray(validationImages, validationImages + used));
  if (validationImages === 0) return { train: chosen };
  return { train: chosen, validation: subsetOf(train, order.subarray(0, validationImages)) };
}

function tooMany(key: string, found: number, most: number, train: Split, name: string): UserError {
  return new UserError(
    `${key}: found ${found}, expected at most ${most} of the ${train.count} training images of ${name}.`,
    2,
  );
}
