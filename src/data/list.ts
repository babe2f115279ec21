import { UserError } from '../errors.js';
import type { Dataset } from './dataset.js';
import type { DatasetName } from './datasets/datasets.js';
import { loadDataset } from './load.js';

/** Whether a data set with a name can be used, and what it has. */
export type Listed = { readonly name: DatasetName } & (
  | {
      readonly train: number;
      readonly test: number;
      /** verified: all of its files are. */
      readonly status: 'verified' | 'unverified';
    }
  | { readonly problem: string }
);

/** What is in the usual place of a data set, read and checked as for a training run. */
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
