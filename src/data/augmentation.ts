import type { RandomStream } from '../random.js';
import type { ChangeImage } from './batches.js';
import type { Dataset } from './dataset.js';

/** What happens to training images before they enter a network, anew in every epoch. */
export interface Augmentation {
  /** In a few words, for the documentation of configs: 'a mirror image half of the time'. */
  readonly about: string;
  /**
   * The function that changes an image; nothing: images stay as they are.
   *
   * @param stream all of its randomness; a resumed run goes on in it
   */
  readonly changer: (dataset: Dataset, stream: RandomStream) => ChangeImage | undefined;
}
