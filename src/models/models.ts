import { lenet5 } from './lenet5.js';
import type { Model } from './model.js';
import { vgg7 } from './vgg7.js';

/** The networks that a config can name. */
export const models = { lenet5, vgg7 } satisfies Record<string, Model>;

export type ModelName = keyof typeof models;
