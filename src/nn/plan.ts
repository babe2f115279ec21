import type { Geometry } from './linear.js';
import type {
  AveragePool,
  BranchLayer,
  Convolution,
  Dense,
  Flatten,
  InitialWeights,
  Layer,
  MaxPool,
  Network,
  Residual,
  Subsample,
} from './network.js';
import { outputShapeOf, product, weightShapeOf } from './shapes.js';

/** A network for images of one shape, with every name, shape and count that follows from it. */
export interface Plan {
  readonly network: string;
  /** Height, width, channels. */
  readonly imageShape: readonly number[];
  /** Of one image's logits. */
  readonly outputShape: readonly number[];
  /** What the forward pass does, in order. */
  readonly steps: readonly Step[];
  /** Layers with weights, in order; in a residual block the branch's before the shortcut's. */
  readonly layers: readonly WeightedLayer[];
  /** What is trained. */
  readonly variables: readonly VariableSpec[];
  /** Running statistics of batch norms: state that is not trained. */
  readonly statistics: readonly VariableSpec[];
  readonly quantizers: readonly QuantizerSite[];
}

export type Step =
  | { readonly type: 'weighted'; readonly layer: WeightedLayer }
  | MaxPool
  | AveragePool
  | Flatten
  | Subsample
  | ResidualStep;

export interface ResidualStep {
  readonly type: 'residual';
  readonly name: string;
  readonly branch: readonly Step[];
  readonly shortcut: readonly Step[];
  /** The quantizer of the ReLU after the sum. */
  readonly activation: string;
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Whose output channels the sum's are. */
  readonly producers: readonly Producer[];
}

/** A convolution or fully connected layer. Quantizers and variables are named, see `Plan`. */
export interface WeightedLayer {
  readonly name: string;
  readonly geometry: Geometry;
  /** Of what it reads of one image, channels last. */
  readonly inputShape: readonly number[];
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** The weights: a variable, and the quantizer on it. Output channels are its last axis. */
  readonly weight: string;
  /** A variable; undefined: a batch norm takes its place. */
  readonly bias: string | undefined;
  readonly batchNorm: PlannedBatchNorm | undefined;
  /** The quantizer of the ReLU's output; undefined: no ReLU, the layer is the last one of its list. */
  readonly activation: string | undefined;
  /** The quantizer of the tensor that the layer reads; undefined: the network's input. */
  readonly reads: string | undefined;
  /** Channels of that tensor, before it was made flat if it was. */
  readonly inputChannels: number;
  /** Whose output channels these are. */
  readonly producers: readonly Producer[];
}

/**
 * Something that a tensor's channels come from: its channel i is the tensor's channel `first + i`.
 * Where two are added, a channel of the tensor is gone only if all that reach it have dropped it.
 */
export interface Producer {
  /** The weights whose output channels they are; undefined: the network's input. */
  readonly weight: string | undefined;
  readonly channels: number;
  readonly first: number;
}

/** The variables and running statistics of a batch norm, by name. */
export interface PlannedBatchNorm {
  readonly kind: 'folded' | 'unfolded';
  readonly scale: string;
  readonly shift: string;
  readonly mean: string;
  readonly variance: string;
}

export interface VariableSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** One value for all; random ones in `+-uniform`; or normal ones with that standard deviation. */
  readonly initial:
    { readonly value: number } | { readonly uniform: number } | { readonly normal: number };
}

/** A tensor that is quantized. */
export interface QuantizerSite {
  /** `LAYER/weight` or `LAYER/activation`. */
  readonly name: string;
  /** Weights are signed. Activations are not: their quantizer is the ReLU as well. */
  readonly signed: boolean;
  /** Output channels that have a gate each; 0: none have. */
  readonly gatedChannels: number;
  /** False: only the channel gates act, on values that are neither clipped nor rounded. */
  readonly rounded: boolean;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
}

/** What passes from layer to layer. */
interface Passed {
  readonly shape: readonly number[];
  readonly reads: string | undefined;
  readonly channels: number;
  readonly producers: readonly Producer[];
}

/**
 * Plans a network for images of a shape.
 *
 * @param imageShape height, width, channels
 * @throws Error where a layer does not fit its input, or names repeat
 */
export function planNetwork(network: Network, imageShape: readonly number[]): Plan {
  const layers: WeightedLayer[] = [];
  const variables: VariableSpec[] = [];
  const statistics: VariableSpec[] = [];
  const sites: Omit<QuantizerSite, 'macs'>[] = [];
  const names = new Set<string>();
  const last = lastLayer(network);

  const [, , channels = 0] = imageShape;
  const producers = [{ weight: undefined, channels, first: 0 }];
  const input: Passed = { shape: imageShape, reads: undefined, channels, producers };
  const { steps, output } = planList(network.layers, input);
  return {
    network: network.name,
    imageShape,
    outputShape: output.shape,
    steps,
    layers,
    variables,
    statistics,
    quantizers: sites.map((site) => ({ ...site, macs: macsAt(site.name, layers) })),
  };

  function planList(list: readonly Layer[], input: Passed): { steps: Step[]; output: Passed } {
    const lastOfList = list.findLast(isWeighted);
    const steps: Step[] = [];
    let passed = input;
    for (const layer of list) {
      const planned =
        layer.type === 'residual'
          ? planResidual(layer, passed)
          : isWeighted(layer)
            ? planWeighted(layer, passed, layer !== lastOfList)
            : { step: layer, output: through(layer, passed) };
      steps.push(planned.step);
      passed = planned.output;
    }
    return { steps, output: passed };
  }

  function planResidual(block: Residual, input: Passed): { step: Step; output: Passed } {
    const { name } = block;
    takeName(name);
    const branch = planList(block.branch, input);
    const shortcut = planList(block.shortcut ?? [], input);
    const [shape, other] = [branch.output.shape, shortcut.output.shape];
    if (shape.join() !== other.join()) {
      throw new Error(
        `residual block "${name}" adds a branch of [${shape.join(', ')}] and a shortcut of ` +
          `[${other.join(', ')}]; expected the same shape`,
      );
    }
    const activation = `${name}/activation`;
    sites.push({ name: activation, signed: false, gatedChannels: 0, rounded: true });
    const producers = [...branch.output.producers, ...shortcut.output.producers];
    return {
      step: {
        type: 'residual',
        name,
        branch: branch.steps,
        shortcut: shortcut.steps,
        activation,
        outputShape: shape,
        producers,
      },
      output: { ...branch.output, reads: activation, producers },
    };
  }

  function planWeighted(
    layer: Convolution | Dense,
    input: Passed,
    hasRelu: boolean,
  ): { step: Step; output: Passed } {
    const { name } = layer;
    takeName(name);
    const inputShape = input.shape;
    const outputShape = outputShapeOf(layer, inputShape);
    const channels = outputShape.at(-1) ?? 0;
    const weightShape = weightShapeOf(layer, inputShape);
    const fanIn = product(weightShape.slice(0, -1));
    const planned: WeightedLayer = {
      name,
      geometry: geometryOf(layer),
      inputShape,
      outputShape,
      macs: fanIn * product(outputShape),
      weight: `${name}/weight`,
      bias: layer.batchNorm ? undefined : `${name}/bias`,
      batchNorm: layer.batchNorm && plannedBatchNorm(name, layer.batchNorm),
      activation: hasRelu ? `${name}/activation` : undefined,
      reads: input.reads,
      inputChannels: input.channels,
      producers: input.producers,
    };
    layers.push(planned);
    addVariables(planned, weightShape, initials(network.initialWeights ?? 'uniform', fanIn));
    // The last layer's outputs are the classes: none is dropped.
    sites.push({
      name: planned.weight,
      signed: true,
      gatedChannels: layer === last ? 0 : channels,
      rounded: true,
    });
    if (planned.activation !== undefined) {
      sites.push({
        name: planned.activation,
        signed: false,
        gatedChannels: 0,
        rounded: true,
      });
    }
    const producers = [{ weight: planned.weight, channels, first: 0 }];
    return {
      step: { type: 'weighted', layer: planned },
      output: { shape: outputShape, reads: planned.activation, channels, producers },
    };
  }

  function addVariables(
    { weight, bias, batchNorm, outputShape }: WeightedLayer,
    weightShape: readonly number[],
    initial: Initials,
  ): void {
    const shape = outputShape.slice(-1);
    const filled = (name: string, value: number) => ({ name, shape, initial: { value } });
    variables.push({ name: weight, shape: weightShape, initial: initial.weight });
    if (bias !== undefined) variables.push({ name: bias, shape, initial: initial.bias });
    if (batchNorm) {
      const { scale, shift, mean, variance } = batchNorm;
      variables.push(filled(scale, 1), filled(shift, 0));
      statistics.push(filled(mean, 0), filled(variance, 1));
    }
  }

  function takeName(name: string): void {
    if (names.has(name)) {
      throw new Error(`network ${network.name}: two layers are named "${name}"`);
    }
    names.add(name);
  }
}

/** @throws Error if the network does not end with a layer that can give logits */
function lastLayer({ name, layers }: Network): Layer {
  const last = layers.findLast((layer) => isWeighted(layer) || layer.type === 'residual');
  if (last !== undefined && isWeighted(last)) return last;
  throw new Error(
    `network ${name} ends with ${last ? `the residual block "${last.name}"` : 'no layer that has weights'}; ` +
      'expected a dense layer or a convolution that gives the logits',
  );
}

/** A tensor after a layer without weights. */
function through(layer: Exclude<BranchLayer, Convolution | Dense>, passed: Passed): Passed {
  const shape = outputShapeOf(layer, passed.shape);
  if (layer.type !== 'subsample') return { ...passed, shape };
  const before = (layer.channels - passed.channels) / 2;
  return {
    ...passed,
    shape,
    channels: layer.channels,
    producers: passed.producers.map((producer) => ({
      ...producer,
      first: producer.first + before,
    })),
  };
}

/** Multiply-accumulates of a weight's layer, or of the layers that read an activation. */
function macsAt(site: string, layers: readonly WeightedLayer[]): number {
  return layers
    .filter(({ weight, reads }) => weight === site || reads === site)
    .reduce((sum, { macs }) => sum + macs, 0);
}

type Initials = Record<'weight' | 'bias', VariableSpec['initial']>;

function initials(kind: InitialWeights, fanIn: number): Initials {
  switch (kind) {
    case 'uniform': {
      const uniform = 1 / Math.sqrt(fanIn);
      return { weight: { uniform }, bias: { uniform } };
    }
    case 'he-normal':
      return { weight: { normal: Math.sqrt(2 / fanIn) }, bias: { value: 0 } };
  }
}

function plannedBatchNorm(layer: string, kind: PlannedBatchNorm['kind']): PlannedBatchNorm {
  return {
    kind,
    scale: `${layer}/scale`,
    shift: `${layer}/shift`,
    mean: `${layer}/running-mean`,
    variance: `${layer}/running-variance`,
  };
}

function isWeighted(layer: Layer): layer is Convolution | Dense {
  return layer.type === 'convolution' || layer.type === 'dense';
}

function geometryOf(layer: Convolution | Dense): Geometry {
  if (layer.type === 'dense') return { type: 'dense' };
  return { type: 'convolution', stride: layer.stride ?? 1, padding: layer.padding ?? 0 };
}
