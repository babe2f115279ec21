import type { Dataset, DatasetShape } from './dataset.js';
import { datasets, type DatasetName } from './datasets/datasets.js';
import type { NamedDataset } from './datasets/named-dataset.js';
import { loadOwnDataset, type OwnDatasetConfig } from './own.js';

/** A data set with a name, and the folder that holds its files instead of the usual places. */
export interface NamedDatasetConfig {
  readonly name: DatasetName;
  readonly path?: string | undefined;
}

export type DatasetConfig = NamedDatasetConfig | OwnDatasetConfig;

/** @throws UserError if the files are missing or not what they should be. */
export async function loadDataset(config: DatasetConfig): Promise<Dataset> {
  if (!('name' in config)) return loadOwnDataset(config);
  const { load, augmentation }: NamedDataset = datasets[config.name];
  return { ...(await load(config.path)), ...(augmentation ? { augmentation } : {}) };
}

/**
 * What a network has to know of a data set. No files are needed if it has a name; those of a data
 * set of the user's own are read and checked.
 *
 * @throws UserError as loadDataset does.
 */
export async function datasetShape(config: DatasetConfig): Promise<DatasetShape> {
  const { name, classes, imageShape } =
    'name' in config ? datasets[config.name].shape : await loadOwnDataset(config);
  return { name, classes, imageShape };
}
