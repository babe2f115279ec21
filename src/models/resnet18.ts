import {
  averagePool,
  convolution,
  dense,
  maxPool,
  residual,
  type Layer,
  type Residual,
} from '../nn/network.js';
import { scaled, type Model, type ModelOptions } from './model.js';

/**
 * ResNet-18 (He et al., CVPR 2016) in its usual form for CIFAR: the first convolution is 3x3 with stride 1,
 * without pooling.
 */
export const resnet18: Model = (options) =>
  stages('resnet18', options, ({ channels, batchNorm }) => [
    convolution('conv1', channels, 3, { padding: 1, batchNorm }),
  ]);

/** ResNet-18 as published, for larger images: its first layers reduce them by a factor of four. */
export const resnet18Imagenet: Model = (options) =>
  stages('resnet18-imagenet', options, ({ channels, batchNorm }) => [
    convolution('conv1', channels, 7, { stride: 2, padding: 3, batchNorm }),
    maxPool(3, { stride: 2, padding: 1 }),
  ]);

/**
 * Four stages of two blocks with 64, 128, 256 and 512 channels after the first layers. Where a stage halves
 * the image, its shortcut is a 1x1 convolution.
 */
function stages(
  name: string,
  { classes, width, batchNorm }: ModelOptions,
  stem: (options: { channels: number } & Pick<ModelOptions, 'batchNorm'>) => Layer[],
): ReturnType<Model> {
  const stage = (number: number, filters: number): Residual[] =>
    [1, 2].map((nth) => {
      const name = `stage${number}-${nth}`;
      const halves = number > 1 && nth === 1;
      const stride = halves ? 2 : 1;
      const channels = scaled(filters, width);
      return residual(
        name,
        [
          convolution(`${name}-conv1`, channels, 3, { stride, padding: 1, batchNorm }),
          convolution(`${name}-conv2`, channels, 3, { padding: 1, batchNorm }),
        ],
        halves ? [convolution(`${name}-shortcut`, channels, 1, { stride, batchNorm })] : [],
      );
    });
  return {
    name,
    initialWeights: 'he-normal',
    layers: [
      ...stem({ channels: scaled(64, width), batchNorm }),
      ...stage(1, 64),
      ...stage(2, 128),
      ...stage(3, 256),
      ...stage(4, 512),
      averagePool,
      dense('fc', classes),
    ],
  };
}
