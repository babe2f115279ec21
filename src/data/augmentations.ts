import type { Augmentation } from './augmentation.js';
import { cropAndFlip, shift } from './crop-and-flip.js';

/**
 * The augmentations available to configs; the first is the default. To add one, write a sibling of
 * crop-and-flip.ts and a line here.
 */
export const augmentations = {
  published: {
    about: 'crop-and-flip for the CIFAR sets, nothing for the others',
    changer: (dataset, ...settings) => dataset.augmentation?.changer(dataset, ...settings),
  },
  'crop-and-flip': cropAndFlip,
  shift,
  none: { about: 'nothing', changer: () => undefined },
} satisfies Readonly<Record<string, Augmentation>>;

export type AugmentationName = keyof typeof augmentations;

/** All augmentations, in documentation order. */
export const augmentationNames = Object.keys(augmentations) as AugmentationName[];
