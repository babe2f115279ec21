import { lenet5 } from './lenet5.js';
import { mobilenetV2 } from './mobilenet-v2.js';
import type { Model } from './model.js';
import { resnetCifar } from './resnet-cifar.js';
import { resnet18, resnet18Imagenet } from './resnet18.js';
import { vgg7 } from './vgg7.js';

/** The networks available to configs, by name. */
export const models = {
  lenet5,
  vgg7,
  resnet18,
  resnet20: resnetCifar(3),
  resnet32: resnetCifar(5),
  resnet56: resnetCifar(9),
  'resnet18-imagenet': resnet18Imagenet,
  'mobilenet-v2': mobilenetV2,
} satisfies Record<string, Model>;

export type ModelName = keyof typeof models;
