import type { Augmentation } from '../augmentation.js';
import type { Dataset, DatasetShape } from '../dataset.js';
import type { Archive, DataPackage } from '../get.js';

/** A data set that a config can name. */
export interface NamedDataset {
  /** What is known of it without its files. */
  readonly shape: DatasetShape;
  /**
   * Its images, from files that are not trusted.
   *
   * @param path the folder that holds them; else datasets/NAME in the current one
   * @throws UserError if the files are missing or not what they should be: the file, what was found and
   *   expected, and what to do
   */
  readonly load: (path?: string) => Promise<Dataset>;
  /** What happens to training images in the published runs; absent: nothing. */
  readonly augmentation?: Augmentation;
  /** What `bbits data get` downloads; absent: the files are put there by hand. */
  readonly archive?: Archive | DataPackage;
  /**
   * Whether its files are in none of the usual places, and a command that trains gets them; absent: they are too large
   * to come unasked.
   */
  readonly isMissing?: () => boolean;
}
