import type { Dataset, DatasetShape } from './dataset.js';
import { datasets, type DatasetName } from './datasets/datasets.js';
import type { NamedDataset } from './datasets/named-dataset.js';
import { loadOwnDataset, type OwnDatasetConfig } from './own.js';

/** A data set's name, or the folder of the user's own files. */
export interface NamedDatasetConfig {
  readonly name: DatasetName;
  readonly path?: string | undefined;
}

export type DatasetConfig = NamedDatasetConfig | OwnDatasetConfig;

/** Load a data set, with any published augmentation. @throws UserError if files are missing or invalid */
export async function loadDataset(config: DatasetConfig): Promise<Dataset> {
  if (!('name' in config)) return loadOwnDataset(config);
  const { load, augmentation }: NamedDataset = datasets[config.name];
  return { ...(await load(config.path)), ...(augmentation ? { augmentation } : {}) };
}

/**
 * What a network needs to know about a data set. A named data set's files are not needed; the user's own
 * files are read and checked.
 *
 * @throws UserError as loadDataset does
 */
export async function datasetShape(config: DatasetConfig): Promise<DatasetShape> {
  const { name, classes, imageShape } =
    'name' in config ? datasets[config.name].shape : await loadOwnDataset(config);
  return { name, classes, imageShape };
}
