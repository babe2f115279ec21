import type { Augmentation } from '../augmentation.js';
import type { Dataset, DatasetShape } from '../dataset.js';
import type { Archive, DataPackage } from '../get.js';

/** A data set available to configs by name. */
export interface NamedDataset {
  /** What is known without reading its files. */
  readonly shape: DatasetShape;
  /**
   * Load its images; the files are not trusted.
   *
   * @param path the folder of the files; default datasets/NAME in the current folder
   * @throws UserError if files are missing or invalid, naming the file, what was found, what was expected and
   *   what to do
   */
  readonly load: (path?: string) => Promise<Dataset>;
  /** The augmentation of the published experiments; absent for none. */
  readonly augmentation?: Augmentation;
  /** What `bbits data get` downloads; absent if the user must place the files. */
  readonly archive?: Archive | DataPackage;
  /**
   * Whether its files are in none of the usual places, so that a training command downloads them first;
   * absent for data sets too large to download unasked.
   */
  readonly isMissing?: () => boolean;
}
