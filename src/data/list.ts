import { UserError } from '../errors.js';
import type { Dataset } from './dataset.js';
import type { DatasetName } from './datasets/datasets.js';
import { loadDataset } from './load.js';

/** Whether a data set can be used, and its properties. */
export type Listed = { readonly name: DatasetName } & (
  | {
      readonly train: number;
      readonly test: number;
      /** verified: all of its files are verified. */
      readonly status: 'verified' | 'unverified';
    }
  | { readonly problem: string }
);

/** Read and check the usual folder of a data set, as a training run does. */
export async function examineDataset(name: DatasetName): Promise<Listed> {
  try {
    const { train, test, files } = await loadDataset({ name });
    return { name, train: train.count, test: test.count, status: statusOf(files) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, problem: error.message };
  }
}

function statusOf(files: Dataset['files']): 'verified' | 'unverified' {
  return files.every(({ status }) => status === 'verified') ? 'verified' : 'unverified';
}
