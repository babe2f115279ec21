import type { Dataset } from './dataset.js';
import { loadMnist } from './mnist.js';

/** Which data set, and the folder that holds its files instead of the usual places. */
export interface DatasetConfig {
  readonly name: 'mnist';
  readonly path?: string | undefined;
}

/** Each data set's loader. A further data set is a sibling of mnist.ts and a line here. */
const LOADERS: Readonly<Record<DatasetConfig['name'], (path?: string) => Promise<Dataset>>> = {
  mnist: loadMnist,
};

/** @throws UserError if the files are missing or not what they should be. */
export async function loadDataset(config: DatasetConfig): Promise<Dataset> {
  return LOADERS[config.name](config.path);
}
