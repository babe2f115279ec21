import { cifar10 } from './cifar10.js';
import { cifar100 } from './cifar100.js';
import { fashionMnist } from './fashion-mnist.js';
import { mnist } from './mnist.js';
import type { NamedDataset } from './named-dataset.js';

/** The data sets that a config can name. To add one, write a sibling of mnist.ts and a line here. */
export const datasets = {
  mnist,
  'fashion-mnist': fashionMnist,
  cifar10,
  cifar100,
} satisfies Readonly<Record<string, NamedDataset>>;

export type DatasetName = keyof typeof datasets;

/** Their names, in the order of the table. */
export const datasetNames = Object.keys(datasets) as DatasetName[];

/** The data sets that `bbits data get` can download. */
export const downloadable = Object.fromEntries(
  Object.entries<NamedDataset>(datasets).flatMap(([name, { load, archive }]) =>
    archive ? [[name, { load, archive }] as const] : [],
  ),
);
