import fc from 'fast-check';
import { activations } from '../../src/nn/activation.js';
import { MisfitError } from '../../src/nn/misfit.js';
import {
  averagePool,
  convolution,
  dense,
  flatten,
  maxPool,
  residual,
  type BranchLayer,
  type Convolution,
  type Layer,
  type Network,
} from '../../src/nn/network.js';
import { planNetwork } from '../../src/nn/plan-network.js';
import { isPaddingSmall } from '../../src/nn/layers/pooling.js';
import type { Padding, Sizes } from '../../src/nn/windows.js';

const kinds = [
  'convolution',
  'grouped',
  'depthwise',
  'depthwise',
  'max-pool',
  'average-pool',
  'bottleneck',
  'dropout',
] as const;

const sizes = (most: number): fc.Arbitrary<Sizes> => {
  const size = fc.integer({ min: 1, max: most });
  return fc.oneof(size, fc.tuple(size, size));
};

const choice = (filters: number) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    filters: fc.integer({ min: 2, max: filters }),
    groups: fc.integer({ min: 2, max: 3 }),
    kernel: sizes(3),
    stride: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, sizes(2)),
    padding: fc.constantFrom<Padding[]>('same', 'valid', 1, [1, 0]),
    batchNorm: fc.constantFrom<Pick<Convolution, 'batchNorm'>[]>(
      {},
      { batchNorm: 'folded' },
      { batchNorm: 'unfolded' },
    ),
    activation: fc.constantFrom(...activations),
  });

type Choice = ReturnType<typeof choice> extends fc.Arbitrary<infer T> ? T : never;

/**
 * Networks of a few layers of any kind that fit images of a given shape.
 *
 * @param filters maximum number of filters of a layer; grouped layers have a multiple
 */
export function anyNetwork(
  imageShape: readonly number[],
  classes: number,
  filters: number,
): fc.Arbitrary<Network> {
  const choices = fc.array(choice(filters), { minLength: 2, maxLength: 5 });
  return fc.tuple(choices, fc.boolean()).map(([choices, isFlat]) => {
    const end = [isFlat ? flatten : averagePool, dense('logits', classes)];
    const network = (layers: readonly Layer[]) => ({
      name: 'any network',
      layers: [...layers, ...end],
    });
    let layers: readonly Layer[] = [convolution('stem', filters, 3, { padding: 'same' })];
    let channels = filters;
    choices.forEach((choice, index) => {
      const longer = [...layers, layerOf(choice, `layer${index + 1}`, channels)];
      try {
        const { layers: planned } = planNetwork(network(longer), imageShape);
        channels = planned.at(-1)?.inputChannels ?? channels;
        layers = longer;
      } catch (error) {
        // A layer that does not fit here is left out.
        if (!(error instanceof MisfitError)) throw error;
      }
    });
    return network(layers);
  });
}

function layerOf(choice: Choice, name: string, channels: number): Layer {
  const { kind, filters, groups, kernel, stride, batchNorm, activation } = choice;
  const padding = isPaddingSmall({ ...choice, size: kernel }) ? choice.padding : 'same';
  const options = { stride, padding, ...batchNorm, activation } as const;
  switch (kind) {
    case 'convolution':
      return convolution(name, filters, kernel, options);
    case 'grouped':
      return convolution(name, filters * groups, kernel, { ...options, groups });
    case 'depthwise':
      return convolution(name, channels, kernel, { ...options, groups: channels });
    case 'max-pool':
      return maxPool(kernel, { stride, padding });
    case 'average-pool':
      return { type: 'average-pool', size: kernel, stride, padding };
    case 'bottleneck':
      return residual(name, bottleneck(choice, name, channels), [], { activation });
    case 'dropout':
      return { type: 'dropout', rate: 0.1 };
  }
}

/** A block as in MobileNetV2. */
function bottleneck({ batchNorm, kernel }: Choice, name: string, channels: number): BranchLayer[] {
  const hidden = 2 * channels;
  const options = { padding: 'same', groups: hidden, ...batchNorm, activation: 'relu6' } as const;
  return [
    convolution(`${name}-expand`, hidden, 1, { ...batchNorm, activation: 'relu6' }),
    convolution(`${name}-depthwise`, hidden, kernel, options),
    convolution(`${name}-project`, channels, 1, batchNorm),
  ];
}
