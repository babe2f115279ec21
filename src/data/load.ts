import { CIFAR10, loadCifar10 } from './cifar10.js';
import { CIFAR100, loadCifar100 } from './cifar100.js';
import type { Dataset, DatasetShape } from './dataset.js';
import { FASHION_MNIST, loadFashionMnist } from './fashion-mnist.js';
import { loadMnist, MNIST } from './mnist.js';
import { loadOwnDataset, type OwnDatasetConfig } from './own.js';

export type DatasetName = 'mnist' | 'fashion-mnist' | 'cifar10' | 'cifar100';

/** A data set with a name, and the folder that holds its files instead of the usual places. */
export interface NamedDatasetConfig {
  readonly name: DatasetName;
  readonly path?: string | undefined;
}

export type DatasetConfig = NamedDatasetConfig | OwnDatasetConfig;

interface NamedDataset {
  /** What is known of it without its files. */
  readonly shape: DatasetShape;
  readonly load: (path?: string) => Promise<Dataset>;
}

/** A further data set with a name is a sibling of mnist.ts and a line here. */
const DATASETS: Readonly<Record<DatasetName, NamedDataset>> = {
  mnist: { shape: MNIST, load: loadMnist },
  'fashion-mnist': { shape: FASHION_MNIST, load: loadFashionMnist },
  cifar10: { shape: CIFAR10, load: loadCifar10 },
  cifar100: { shape: CIFAR100, load: loadCifar100 },
};

/** All data sets with a name, in the order of DATASETS. */
export const datasetNames = Object.keys(DATASETS) as DatasetName[];

/** @throws UserError if the files are missing or not what they should be. */
export async function loadDataset(config: DatasetConfig): Promise<Dataset> {
  return 'name' in config ? DATASETS[config.name].load(config.path) : loadOwnDataset(config);
}

/**
 * What a network has to know of a data set. No files are needed if it has a name; those of a data
 * set of the user's own are read and checked.
 *
 * @throws UserError as loadDataset does.
 */
export async function datasetShape(config: DatasetConfig): Promise<DatasetShape> {
  const { name, classes, imageShape } =
    'name' in config ? DATASETS[config.name].shape : await loadOwnDataset(config);
  return { name, classes, imageShape };
}
