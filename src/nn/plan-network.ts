import { channelsThrough, typeOf, type WeightlessLayer } from './layers/type-of.js';
import type { Geometry } from './linear.js';
import { MisfitError } from './misfit.js';
import type { Convolution, Dense, InitialWeights, Layer, Network, Residual } from './network.js';
import type {
  Plan,
  PlannedBatchNorm,
  Producer,
  QuantizerSite,
  StatisticSpec,
  Step,
  VariableSpec,
  WeightedLayer,
} from './plan.js';
import { outputShapeOf, product, weightShapeOf } from './shapes.js';

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
 * @throws MisfitError where a layer does not fit its input, or names repeat
 */
export function planNetwork(network: Network, imageShape: readonly number[]): Plan {
  const layers: WeightedLayer[] = [];
  const variables: VariableSpec[] = [];
  const statistics: StatisticSpec[] = [];
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
      throw new MisfitError(
        `residual block "${name}" adds a branch of [${shape.join(', ')}] and a shortcut of ` +
          `[${other.join(', ')}]; expected the same shape`,
      );
    }
    const activation = `${name}/activation`;
    sites.push({ name: activation, layer: name, signed: false, gatedChannels: 0, rounded: true });
    const producers = [...branch.output.producers, ...shortcut.output.producers];
    return {
      step: {
        type: 'residual',
        name,
        activation,
        branch: branch.steps,
        shortcut: shortcut.steps,
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
      layer: name,
      signed: true,
      gatedChannels: layer === last ? 0 : channels,
      rounded: true,
    });
    if (planned.activation !== undefined) {
      sites.push({
        name: planned.activation,
        layer: name,
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
    variables.push({ name: weight, kind: 'weights', shape: weightShape, initial: initial.weight });
    if (bias !== undefined) {
      variables.push({ name: bias, kind: 'biases', shape, initial: initial.bias });
    }
    if (batchNorm) {
      const { scale, shift, mean, variance } = batchNorm;
      variables.push({ ...filled(scale, 1), kind: 'weights' });
      variables.push({ ...filled(shift, 0), kind: 'biases' });
      statistics.push(filled(mean, 0), filled(variance, 1));
    }
  }

  function takeName(name: string): void {
    if (names.has(name)) {
      throw new MisfitError(`network ${network.name}: two layers are named "${name}"`);
    }
    names.add(name);
  }
}

/** @throws MisfitError if the network does not end with a layer that can give logits */
function lastLayer({ name, layers }: Network): Layer {
  const last = layers.findLast((layer) => isWeighted(layer) || layer.type === 'residual');
  if (last !== undefined && isWeighted(last)) return last;
  throw new MisfitError(
    `network ${name} ends with ${last ? `the residual block "${last.name}"` : 'no layer that has weights'}; ` +
      'expected a dense layer or a convolution that gives the logits',
  );
}

/** A tensor after a layer without weights. */
function through(layer: WeightlessLayer, passed: Passed): Passed {
  const shape = typeOf(layer).outputShape(layer, passed.shape);
  const { count, first } = channelsThrough(layer, passed.channels);
  const producers = passed.producers.map((one) => ({ ...one, first: one.first + first }));
  return { ...passed, shape, channels: count, producers };
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
