import { convolution, dense, flatten, maxPool } from '../nn/network.js';
import { scaled, type Model } from './model.js';

/** VGG-7 as in the paper: 2x128C3 - pool 2 - 2x256C3 - pool 2 - 2x512C3 - pool 2 - 1024FC - 10. */
export const vgg7: Model = ({ classes, width, batchNorm }) => {
  const block = (stage: number, filters: number) => [
    ...[1, 2].map((nth) =>
      convolution(`conv${stage}-${nth}`, scaled(filters, width), 3, {
        padding: 1,
        batchNorm,
      }),
    ),
    maxPool(2),
  ];
  return {
    name: 'vgg7',
    layers: [
      ...block(1, 128),
      ...block(2, 256),
      ...block(3, 512),
      flatten,
      dense('fc1', scaled(1024, width), { batchNorm }),
      dense('fc2', classes),
    ],
  };
};
