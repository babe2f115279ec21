import { averagePool, convolution, dense, residual, type Residual } from '../nn/network.js';
import { scaled, type Model } from './model.js';

/**
 * ResNet-18 (He et al., CVPR 2016) as it is used on CIFAR: the first convolution 3x3 with stride 1 and
 * no pooling after it; then four stages of two blocks, with 64, 128, 256 and 512 channels. Where a
 * stage halves the image, the shortcut is a 1x1 convolution.
 */
export const resnet18: Model = ({ classes, width, batchNorm }) => {
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
    name: 'resnet18',
    initialWeights: 'he-normal',
    layers: [
      convolution('conv1', scaled(64, width), 3, { padding: 1, batchNorm }),
      ...stage(1, 64),
      ...stage(2, 128),
      ...stage(3, 256),
      ...stage(4, 512),
      averagePool,
      dense('fc', classes),
    ],
  };
};
