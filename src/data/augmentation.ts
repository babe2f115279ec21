import type { RandomStream } from '../random.js';
import type { ChangeImage } from './batches.js';
import type { Dataset } from './dataset.js';

/** A random change of training images, drawn anew in every epoch. */
export interface Augmentation {
  /** A short description for the documentation of configs: 'a horizontal flip half of the time'. */
  readonly about: string;
  /**
   * Make the function that changes an image; undefined for no change.
   *
   * @param stream the only source of randomness; a resumed run continues it
   * @param shiftPixels the largest shift; default: the published 4
   */
  readonly changer: (
    dataset: Dataset,
    stream: RandomStream,
    shiftPixels?: number,
  ) => ChangeImage | undefined;
}
