import { averagePoolType } from './average-pool.js';
import { dropoutType } from './dropout.js';
import { flattenType } from './flatten.js';
import { maxPoolType } from './max-pool.js';
import { subsampleType } from './subsample.js';

/** The types of layers without weights, in documentation order. */
export const weightlessTypes = [
  maxPoolType,
  averagePoolType,
  flattenType,
  subsampleType,
  dropoutType,
] as const;
