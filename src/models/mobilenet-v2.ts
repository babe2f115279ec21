import {
  averagePool,
  convolution,
  dense,
  residual,
  type BranchLayer,
  type Layer,
} from '../nn/network.js';
import { scaled, type Model } from './model.js';

/** Expansion, channels, blocks and the first block's stride: table 2 of the paper. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 1],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * MobileNetV2 (Sandler et al., CVPR 2018) in its usual form for CIFAR: the first convolution and the second
 * stage have stride 1, which leaves three halvings. Each block expands the channels by a 1x1 convolution,
 * applies a depthwise convolution, and projects without a ReLU; a residual connection bypasses it where the
 * shape allows.
 */
export const mobilenetV2: Model = ({ classes, width, batchNorm }) => {
  const layers: Layer[] = [];
  let inputs = scaled(32, width);
  layers.push(convolution('conv1', inputs, 3, { padding: 1, batchNorm, activation: 'relu6' }));
  stages.forEach(([expansion, filters, blocks, firstStride], index) => {
    const outputs = scaled(filters, width);
    for (let nth = 1; nth <= blocks; nth++) {
      const name = `stage${index + 1}-${nth}`;
      const stride = nth === 1 ? firstStride : 1;
      const block = bottleneck(name, { inputs, outputs, expansion, stride });
      const isAdded = stride === 1 && inputs === outputs;
      layers.push(...(isAdded ? [residual(name, block, [], { activation: 'none' })] : block));
      inputs = outputs;
    }
  });
  layers.push(
    convolution('conv2', scaled(1280, width), 1, { batchNorm, activation: 'relu6' }),
    averagePool,
    dense('fc', classes),
  );
  return { name: 'mobilenet-v2', initialWeights: 'he-normal', layers };

  function bottleneck(
    name: string,
    sizes: { inputs: number; outputs: number; expansion: number; stride: number },
  ): BranchLayer[] {
    const { outputs, expansion, stride } = sizes;
    const hidden = expansion * sizes.inputs;
    const activation = 'relu6';
    const options = { stride, padding: 1, groups: hidden, batchNorm, activation } as const;
    return [
      ...(expansion > 1
        ? [convolution(`${name}-expand`, hidden, 1, { batchNorm, activation })]
        : []),
      convolution(`${name}-depthwise`, hidden, 3, options),
      convolution(`${name}-project`, outputs, 1, { batchNorm, activation: 'none' }),
    ];
  }
};
