import type { QuantizerSite } from '../../src/nn/plan.js';
import type { Settled } from './made-run.js';

/** A kind of run that exports must support: see `madeRun`. */
export interface ExportableNetwork {
  readonly what: string;
  readonly text: string;
  readonly imageShape: readonly [number, number, number];
  readonly settle?: (site: QuantizerSite) => Settled;
}

const digits = [28, 28, 1] as const;
const colors = [32, 32, 3] as const;

const widths = [2, 4, 8, 16];

/** A width for each quantizer, chosen by its name. */
export function mixed({ name }: QuantizerSite): { bits: number } {
  const sum = Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return { bits: widths[sum % widths.length] ?? NaN };
}

/** Drop a third of the channels, different ones in each layer. */
function thirdDropped({ name, gatedChannels }: QuantizerSite): Settled {
  const first = name.length % 3;
  return { dropped: (channel) => gatedChannels > 2 && channel % 3 === first };
}

const own = `model:
  layers:
    - { type: convolution, name: stem, filters: 6, kernel: [3, 5], padding: same, stride: [1, 2], batchNorm: folded }
    - { type: convolution, name: depthwise, filters: 6, kernel: 3, groups: 6, padding: 1, batchNorm: unfolded, activation: relu6 }
    - type: residual
      name: block
      activation: none
      branch:
        - { type: convolution, name: grouped, filters: 8, kernel: 3, groups: 2, padding: 1, batchNorm: folded }
        - { type: convolution, name: narrow, filters: 6, kernel: 1, batchNorm: folded }
    - { type: max-pool, size: 3, stride: 2, padding: 1 }
    - { type: convolution, name: last, filters: 8, kernel: 3, stride: 2, batchNorm: unfolded }
    - { type: average-pool, size: 2, stride: 1 }
    - { type: flatten }
    - { type: dropout, rate: 0.2 }
    - { type: dense, name: hidden, units: 12 }
    - { type: dense, name: logits, units: 10 }
`;

export const exportableNetworks: readonly ExportableNetwork[] = [
  {
    what: 'LeNet-5 at 8 bits',
    text: 'model: lenet5\n',
    imageShape: digits,
    settle: () => ({ bits: 8 }),
  },
  {
    what: 'LeNet-5 with 2 to 16 bits and dropped channels',
    text: 'model: lenet5\n',
    imageShape: digits,
    settle: (site) => ({ ...mixed(site), ...thirdDropped(site) }),
  },
  {
    what: 'LeNet-5 in full precision that only drops channels',
    text: 'model: lenet5\nquantization: { weights: none, activations: none }\n',
    imageShape: digits,
    settle: thirdDropped,
  },
  {
    what: 'LeNet-5 at 8 bits that only drops channels',
    text: 'model: lenet5\nquantization: { weights: 8, activations: 8 }\n',
    imageShape: digits,
    settle: thirdDropped,
  },
  {
    what: 'LeNet-5 with fixed widths',
    text: 'model: lenet5\nquantization: { weights: 4, activations: 8, channels: all }\n',
    imageShape: digits,
  },
  {
    what: 'VGG-7 at width 0.125',
    text: 'model: { name: vgg7, width: 0.125 }\n',
    imageShape: colors,
    settle: (site) => ({ bits: 4, ...thirdDropped(site) }),
  },
  {
    what: 'ResNet-20 with channels dropped everywhere',
    text: 'model: { name: resnet20, batchNorm: unfolded }\n',
    imageShape: colors,
    settle: (site) => ({ bits: 4, ...thirdDropped(site) }),
  },
  {
    what: 'MobileNetV2 at width 0.25',
    text: 'model: { name: mobilenet-v2, width: 0.25 }\n',
    imageShape: colors,
    settle: (site) => ({ bits: 8, ...thirdDropped(site) }),
  },
  {
    what: 'a network of the user’s own with groups, windows and other activations',
    text: own,
    imageShape: digits,
    settle: (site) => ({ ...mixed(site), ...thirdDropped(site) }),
  },
  {
    what: 'layers that lost all their channels',
    text: own,
    imageShape: digits,
    settle: (site) => ({
      bits: 8,
      dropped: () => site.layer === 'grouped' || site.layer === 'hidden',
    }),
  },
];
