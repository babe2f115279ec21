import type { Network } from '../nn/network.js';
import { lenet5 } from './lenet5.js';

/** The networks that a config can name, each for a number of classes. */
export const models = { lenet5 } satisfies Record<string, (classes: number) => Network>;

export type ModelName = keyof typeof models;
