import fc from 'fast-check';
import type { BranchLayer, Layer } from '../../src/nn/network.js';
import { pairOf, type Sizes } from '../../src/nn/windows.js';

const noNullPrototype = true;
const type = <T extends string>(value: T) => fc.constant(value);
const count = (most: number) => fc.integer({ min: 1, max: most });

// These include names that YAML might read as numbers, booleans or null.
const name = fc.oneof(
  fc.stringMatching(/^[\w-]{1,40}$/),
  fc.constantFrom('1', '0x10', '1e5', '-', '---', 'true', 'null', 'no', '__proto__'),
);
const batchNorm = fc.constantFrom('folded', 'unfolded');
const activation = fc.constantFrom('relu', 'relu6', 'none');
const sizes = (most: number): fc.Arbitrary<Sizes> =>
  fc.oneof(count(most), fc.tuple(count(most), count(most)));

/** Padding that is smaller than the window. */
function padding(size: Sizes): fc.Arbitrary<'same' | 'valid' | Sizes> {
  const [rows, columns] = pairOf(size).map((most) =>
    fc.integer({ min: 0, max: Math.min(15, most - 1) }),
  ) as [fc.Arbitrary<number>, fc.Arbitrary<number>];
  const smaller = Math.min(...pairOf(size)) - 1;
  const both = fc.integer({ min: 0, max: Math.min(15, smaller) });
  return fc.oneof(fc.constantFrom('same', 'valid'), both, fc.tuple(rows, columns));
}

const convolution = fc
  .record({ kernel: sizes(31), groups: count(64) })
  .chain(({ kernel, groups }) =>
    fc.record(
      {
        type: type('convolution'),
        name,
        filters: count(1024).map((each) => each * groups),
        kernel: fc.constant(kernel),
        stride: sizes(16),
        padding: padding(kernel),
        groups: fc.constant(groups),
        batchNorm,
        activation,
      },
      {
        noNullPrototype,
        requiredKeys: ['type', 'name', 'filters', 'kernel', 'stride', 'padding'],
      },
    ),
  );

const dense = fc.record(
  { type: type('dense'), name, units: count(65536), batchNorm, activation },
  { noNullPrototype, requiredKeys: ['type', 'name', 'units'] },
);

const pooling = <T extends 'max-pool' | 'average-pool'>(kind: T) =>
  sizes(64).chain((size) =>
    fc.record(
      {
        type: type(kind),
        size: fc.constant(size),
        stride: sizes(64),
        padding: padding(size),
      },
      { noNullPrototype, requiredKeys: ['type', 'size'] },
    ),
  );

const branchLayer: fc.Arbitrary<BranchLayer> = fc.oneof(
  convolution,
  dense,
  pooling('max-pool'),
  pooling('average-pool'),
  fc.record({ type: type('dropout'), rate: fc.constantFrom(0.1, 0.5, 1e-3) }, { noNullPrototype }),
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
    activation,
  },
  { noNullPrototype, requiredKeys: ['type', 'name', 'branch', 'shortcut'] },
);

/** Valid lists of layers with their defaults, which need not form a sensible network. */
export const anyLayers: fc.Arbitrary<readonly Layer[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: branchLayer }, { weight: 1, arbitrary: residual }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((layers) => renamed(layers, new Set()));

/** The same lists with unique names. */
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
