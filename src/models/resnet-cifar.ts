import {
  averagePool,
  convolution,
  dense,
  residual,
  subsample,
  type Residual,
} from '../nn/network.js';
import { scaled, type Model } from './model.js';

/**
 * A residual network for CIFAR (He et al., CVPR 2016): three stages of 16, 32 and 64 channels with `blocks`
 * blocks of two convolutions each: `6 * blocks + 2` layers. Shortcuts have no parameters (option A).
 */
export const resnetCifar =
  (blocks: number): Model =>
  ({ classes, width, batchNorm }) => {
    const stage = (number: number, filters: number): Residual[] =>
      Array.from({ length: blocks }, (_, index) => {
        const name = `stage${number}-${index + 1}`;
        const halves = number > 1 && index === 0;
        const stride = halves ? 2 : 1;
        return residual(
          name,
          [
            convolution(`${name}-conv1`, filters, 3, { stride, padding: 1, batchNorm }),
            convolution(`${name}-conv2`, filters, 3, { padding: 1, batchNorm }),
          ],
          halves ? [subsample(stride, filters)] : [],
        );
      });
    // Even channel counts, so that a shortcut adds as many zero channels before as after.
    const [first, second, third] = [16, 32, 64].map(
      (filters) => 2 * scaled(filters / 2, width),
    ) as [number, number, number];
    return {
      name: `resnet${6 * blocks + 2}`,
      initialWeights: 'he-normal',
      layers: [
        convolution('conv1', first, 3, { padding: 1, batchNorm }),
        ...stage(1, first),
        ...stage(2, second),
        ...stage(3, third),
        averagePool,
        dense('fc', classes),
      ],
    };
  };
