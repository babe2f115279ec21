import fc from 'fast-check';
import type { BranchLayer, Layer } from '../../src/nn/network.js';

const noNullPrototype = true;
const type = <T extends string>(value: T) => fc.constant(value);
const count = (most: number) => fc.integer({ min: 1, max: most });

// Odd ones that YAML might take for numbers, truth values or nothing are among them.
const name = fc.oneof(
  fc.stringMatching(/^[\w-]{1,40}$/),
  fc.constantFrom('1', '0x10', '1e5', '-', '---', 'true', 'null', 'no', '__proto__'),
);
const batchNorm = fc.constantFrom('folded', 'unfolded');

const convolution = count(31).chain((kernel) =>
  fc.record(
    {
      type: type('convolution'),
      name,
      filters: count(65536),
      kernel: fc.constant(kernel),
      stride: count(16),
      padding: fc.integer({ min: 0, max: Math.min(15, kernel - 1) }),
      batchNorm,
    },
    { noNullPrototype, requiredKeys: ['type', 'name', 'filters', 'kernel', 'stride', 'padding'] },
  ),
);

const dense = fc.record(
  { type: type('dense'), name, units: count(65536), batchNorm },
  { noNullPrototype, requiredKeys: ['type', 'name', 'units'] },
);

const branchLayer: fc.Arbitrary<BranchLayer> = fc.oneof(
  convolution,
  dense,
  fc.record({ type: type('max-pool'), size: count(64) }, { noNullPrototype }),
  fc.record({ type: fc.constantFrom('average-pool', 'flatten') }, { noNullPrototype }),
  fc.record(
    { type: type('subsample'), stride: count(16), channels: count(65536) },
    { noNullPrototype },
  ),
);

const residual = fc.record(
  {
    type: type('residual'),
    name,
    branch: fc.array(branchLayer, { minLength: 1, maxLength: 4 }),
    shortcut: fc.array(branchLayer, { maxLength: 2 }),
  },
  { noNullPrototype },
);

/** Lists of layers that a config can have, with their defaults; the network need not make sense. */
export const anyLayers: fc.Arbitrary<readonly Layer[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: branchLayer }, { weight: 1, arbitrary: residual }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((layers) => renamed(layers, new Set()));

/** The same with no name twice. */
function renamed<T extends Layer>(layers: readonly T[], taken: Set<string>): T[] {
  return layers.map((layer) => {
    if (!('name' in layer)) return layer;
    const name = taken.has(layer.name) ? `${layer.name.slice(0, 30)}-${taken.size}` : layer.name;
    taken.add(name);
    if (layer.type !== 'residual') return { ...layer, name };
    const { branch, shortcut = [] } = layer;
    return { ...layer, name, branch: renamed(branch, taken), shortcut: renamed(shortcut, taken) };
  });
}
