import type { Convolution, Dense, Layer, Network } from './network.js';

/** A network for images of one shape, with every name, shape and count that follows from it. */
export interface Plan {
  readonly network: string;
  /** Height, width, channels. */
  readonly imageShape: readonly number[];
  /** What the forward pass does, in order. */
  readonly steps: readonly Step[];
  /** Layers with weights, in order. */
  readonly layers: readonly WeightedLayer[];
  /** What is trained. */
  readonly variables: readonly VariableSpec[];
  /** Running statistics of batch norms: state that is not trained. */
  readonly statistics: readonly VariableSpec[];
  readonly quantizers: readonly QuantizerSite[];
}

export type Step =
  | { readonly type: 'weighted'; readonly layer: WeightedLayer }
  | { readonly type: 'max-pool'; readonly size: number }
  | { readonly type: 'flatten' };

/** A convolution or fully connected layer. Quantizers and variables are named, see `Plan`. */
export interface WeightedLayer {
  readonly name: string;
  readonly geometry:
    | { readonly type: 'dense' }
    | { readonly type: 'convolution'; readonly stride: number; readonly padding: number };
  /** Of one image, channels last. */
  readonly outputShape: readonly number[];
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** The weights: a variable, and the quantizer on it. Output channels are its last axis. */
  readonly weight: string;
  /** A variable; undefined: a batch norm takes its place. */
  readonly bias: string | undefined;
  readonly batchNorm: BatchNormNames | undefined;
  /** The quantizer of the ReLU's output; undefined: no ReLU, as in the last layer. */
  readonly activation: string | undefined;
  /** The quantizer of the tensor that the layer reads; undefined: the network's input. */
  readonly reads: string | undefined;
  /**
   * The weights whose output channels are the layer's input channels: one is gone if all of them
   * have pruned it. None for the network's input.
   */
  readonly producers: readonly string[];
}

/** The variables and running statistics of a batch norm, by name. */
export interface BatchNormNames {
  readonly scale: string;
  readonly shift: string;
  readonly mean: string;
  readonly variance: string;
}

export interface VariableSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** One value for all, or random ones whose spread follows from the inputs of one output. */
  readonly initial: { readonly value: number } | { readonly fanIn: number };
}

/** A tensor that is quantized. */
export interface QuantizerSite {
  /** `LAYER/weight` or `LAYER/activation`. */
  readonly name: string;
  /** Weights are signed. Activations are not: their quantizer is the ReLU as well. */
  readonly signed: boolean;
  /** Output channels that have a gate each; 0: none have. */
  readonly gatedChannels: number;
  /** Multiply-accumulates of the layers that read the tensor, for one image. */
  readonly macs: number;
}

/**
 * Plans a network for images of a shape.
 *
 * @param imageShape height, width, channels
 * @throws Error where a layer does not fit its input, or names repeat
 */
export function planNetwork(network: Network, imageShape: readonly number[]): Plan {
  const steps: Step[] = [];
  const layers: WeightedLayer[] = [];
  const variables: VariableSpec[] = [];
  const statistics: VariableSpec[] = [];
  const last = network.layers.findLast(isWeighted);
  let shape = imageShape;
  let reads: string | undefined;
  let producers: string[] = [];

  for (const layer of network.layers) {
    const outputShape = outputShapeOf(layer, shape);
    if (isWeighted(layer)) {
      const { name } = layer;
      const weightShape = weightShapeOf(layer, shape);
      const fanIn = product(weightShape.slice(0, -1));
      const planned: WeightedLayer = {
        name,
        geometry: geometryOf(layer),
        outputShape,
        macs: fanIn * product(outputShape),
        weight: `${name}/weight`,
        bias: layer.batchNorm ? undefined : `${name}/bias`,
        batchNorm: layer.batchNorm && batchNormNames(name),
        activation: layer === last ? undefined : `${name}/activation`,
        reads,
        producers,
      };
      if (layers.some((other) => other.name === name)) {
        throw new Error(`network ${network.name}: two layers are named "${name}"`);
      }
      layers.push(planned);
      const perChannel = outputShape.slice(-1);
      variables.push({ name: planned.weight, shape: weightShape, initial: { fanIn } });
      if (planned.bias) {
        variables.push({ name: planned.bias, shape: perChannel, initial: { fanIn } });
      }
      if (planned.batchNorm) {
        const { scale, shift, mean, variance } = planned.batchNorm;
        const filled = (name: string, value: number) => ({
          name,
          shape: perChannel,
          initial: { value },
        });
        variables.push(filled(scale, 1), filled(shift, 0));
        statistics.push(filled(mean, 0), filled(variance, 1));
      }
      steps.push({ type: 'weighted', layer: planned });
      reads = planned.activation;
      producers = [planned.weight];
    } else {
      steps.push(layer);
    }
    shape = outputShape;
  }
  const quantizers = layers.flatMap((layer) => sitesOf(layer, layers));
  return { network: network.name, imageShape, steps, layers, variables, statistics, quantizers };
}

/** The last layer's weights are quantized but never pruned: its outputs are the classes. */
function sitesOf(layer: WeightedLayer, layers: readonly WeightedLayer[]): QuantizerSite[] {
  const { activation, macs, outputShape } = layer;
  const channels = outputShape.at(-1) ?? 0;
  const weight = {
    name: layer.weight,
    signed: true,
    gatedChannels: activation === undefined ? 0 : channels,
    macs,
  };
  if (activation === undefined) return [weight];
  const readers = layers.filter((other) => other.reads === activation);
  const macsOfReaders = readers.reduce((sum, reader) => sum + reader.macs, 0);
  return [weight, { name: activation, signed: false, gatedChannels: 0, macs: macsOfReaders }];
}

function batchNormNames(layer: string): BatchNormNames {
  return {
    scale: `${layer}/scale`,
    shift: `${layer}/shift`,
    mean: `${layer}/running-mean`,
    variance: `${layer}/running-variance`,
  };
}

function isWeighted(layer: Layer): layer is Convolution | Dense {
  return layer.type === 'convolution' || layer.type === 'dense';
}

function geometryOf(layer: Convolution | Dense): WeightedLayer['geometry'] {
  if (layer.type === 'dense') return { type: 'dense' };
  return { type: 'convolution', stride: layer.stride ?? 1, padding: layer.padding ?? 0 };
}

/** Rows, columns, input and output channels of a kernel; inputs and outputs of a dense layer. */
function weightShapeOf(layer: Convolution | Dense, input: readonly number[]): number[] {
  const channels = input.at(-1) ?? 0;
  return layer.type === 'dense'
    ? [channels, layer.units]
    : [layer.kernel, layer.kernel, channels, layer.filters];
}

function outputShapeOf(layer: Layer, input: readonly number[]): readonly number[] {
  if (layer.type === 'flatten') return [product(input)];
  if (layer.type === 'dense') {
    if (input.length !== 1)
      throw misfit(layer, input, 'a flat input; put a flatten layer before it');
    return [layer.units];
  }
  const [height, width, channels] = input;
  if (height === undefined || width === undefined || channels === undefined) {
    throw misfit(layer, input, 'an image of height, width and channels');
  }
  if (layer.type === 'max-pool') {
    if (height % layer.size !== 0 || width % layer.size !== 0) {
      throw misfit(layer, input, `a height and a width that ${layer.size} divides`);
    }
    return [height / layer.size, width / layer.size, channels];
  }
  const { kernel, stride = 1, padding = 0 } = layer;
  const along = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  if (along(height) < 1 || along(width) < 1) {
    throw misfit(layer, input, `at least ${kernel} by ${kernel} pixels with its padding`);
  }
  return [along(height), along(width), layer.filters];
}

function misfit(layer: Layer, input: readonly number[], expected: string): Error {
  const name = 'name' in layer ? ` "${layer.name}"` : '';
  return new Error(`${layer.type} layer${name} reads [${input.join(', ')}]; expected ${expected}`);
}

function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}
