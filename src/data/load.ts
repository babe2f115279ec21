import { loadCifar10 } from './cifar10.js';
import { loadCifar100 } from './cifar100.js';
import type { Dataset } from './dataset.js';
import { loadFashionMnist } from './fashion-mnist.js';
import { loadMnist } from './mnist.js';

/** Which data set, and the folder that holds its files instead of the usual places. */
export interface DatasetConfig {
  readonly name: 'mnist' | 'fashion-mnist' | 'cifar10' | 'cifar100';
  readonly path?: string | undefined;
}

/** Each data set's loader. A further data set is a sibling of mnist.ts and a line here. */
const LOADERS: Readonly<Record<DatasetConfig['name'], (path?: string) => Promise<Dataset>>> = {
  mnist: loadMnist,
  'fashion-mnist': loadFashionMnist,
  cifar10: loadCifar10,
  cifar100: loadCifar100,
};

/** All data sets, in the order of LOADERS. */
export const datasetNames = Object.keys(LOADERS) as DatasetConfig['name'][];

/** @throws UserError if the files are missing or not what they should be. */
export async function loadDataset(config: DatasetConfig): Promise<Dataset> {
  return LOADERS[config.name](config.path);
}
