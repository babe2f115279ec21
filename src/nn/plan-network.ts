import { showShape } from './layers/layer-type.js';
import { channelsThrough, typeOf, type WeightlessLayer } from './layers/type-of.js';
import type { Geometry } from './linear.js';
import { MisfitError, type Misfit } from './misfit.js';
import type { Convolution, Dense, Layer, Network, Residual } from './network.js';
import type {
  Plan,
  PlannedDropout,
  Producer,
  QuantizerSite,
  StatisticSpec,
  Step,
  VariableSpec,
  WeightedLayer,
} from './plan.js';
import { plannedBatchNorm, plannedVariables } from './planned-variables.js';
import { outputShapeOf, product, weightShapeOf, windowsOf } from './shapes.js';
import { sharedGates } from './shared-gates.js';
import { fitTogether, outputIfMisfit } from './unknown-shape.js';

/** The tensor passed from layer to layer. */
interface Passed {
  /** NaN marks a size left unknown by a misfit; it fits any layer. */
  readonly shape: readonly number[];
  readonly reads: string | undefined;
  readonly channels: number;
  readonly producers: readonly Producer[];
}

type Path = Misfit['path'];

/**
 * Plan a network for images of a given shape.
 *
 * @param imageShape height, width, channels
 * @throws MisfitError naming every layer that does not fit its input and every duplicate name
 */
export function planNetwork(network: Network, imageShape: readonly number[]): Plan {
  const layers: WeightedLayer[] = [];
  const variables: VariableSpec[] = [];
  const statistics: StatisticSpec[] = [];
  const sites: Omit<QuantizerSite, 'macs'>[] = [];
  const dropouts: PlannedDropout[] = [];
  const misfits: Misfit[] = [];
  const names = new Set<string>();
  const last = lastLayer(network, misfits);

  const [, , channels = 0] = imageShape;
  const producers = [{ weight: undefined, channels, first: 0 }];
  const input: Passed = { shape: imageShape, reads: undefined, channels, producers };
  const { steps, output } = planList(network.layers, input, []);
  if (misfits.length > 0) throw new MisfitError(misfits);
  return {
    network: network.name,
    imageShape,
    outputShape: output.shape,
    steps,
    layers,
    variables,
    statistics,
    quantizers: sites.map((site) => ({ ...site, macs: macsAt(site.name, layers) })),
    dropouts,
  };

  function planList(list: readonly Layer[], input: Passed, above: Path) {
    const lastOfList = list.findLast(isWeighted);
    const steps: Step[] = [];
    let passed = input;
    list.forEach((layer, index) => {
      const path = [...above, index];
      const planned =
        layer.type === 'residual'
          ? planResidual(layer, passed, path)
          : isWeighted(layer)
            ? planWeighted(layer, passed, path, layer === lastOfList)
            : { step: layer, output: through(layer, passed, path) };
      steps.push(planned.step);
      passed = planned.output;
    });
    return { steps, output: passed };
  }

  function planResidual(
    block: Residual,
    input: Passed,
    path: Path,
  ): { step: Step; output: Passed } {
    const { name, activation: nonlinearity = 'relu' } = block;
    takeName(name, path);
    const branch = planList(block.branch, input, [...path, 'branch']);
    const shortcut = planList(block.shortcut ?? [], input, [...path, 'shortcut']);
    const [shape, other] = [branch.output.shape, shortcut.output.shape];
    if (!fitTogether(shape, other)) {
      const text =
        `residual block "${name}" adds a branch of ${showShape(shape)} and a shortcut of ` +
        `${showShape(other)}; expected the same shape`;
      misfits.push({ path, text });
    }
    const activation = `${name}/activation`;
    sites.push(activationSite(activation, name, nonlinearity === 'none'));
    const producers = [...branch.output.producers, ...shortcut.output.producers];
    return {
      step: {
        type: 'residual',
        name,
        activation,
        nonlinearity,
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
    path: Path,
    isLastOfList: boolean,
  ): { step: Step; output: Passed } {
    const { name, activation: nonlinearity = isLastOfList ? 'none' : 'relu' } = layer;
    takeName(name, path);
    const inputShape = input.shape;
    const outputShape = fitted(path, () => outputShapeOf(layer, inputShape), outputIfMisfit(layer));
    if (layer === last && nonlinearity !== 'none') {
      misfits.push({
        path,
        text: `the last layer, "${name}", gives the logits; expected no activation`,
      });
    }
    const channels = outputShape.at(-1) ?? 0;
    const weightShape = weightShapeOf(layer, inputShape);
    const weight = `${name}/weight`;
    const shared = layer === last ? undefined : sharedGates(layer, input);
    const isQuantized = !isLastOfList || nonlinearity !== 'none';
    const planned: WeightedLayer = {
      name,
      geometry: geometryOf(layer, inputShape),
      inputShape,
      outputShape,
      macs: product(weightShape.slice(0, -1)) * product(outputShape),
      weight,
      bias: layer.batchNorm ? undefined : `${name}/bias`,
      batchNorm: layer.batchNorm && plannedBatchNorm(name, layer.batchNorm),
      activation: isQuantized ? `${name}/activation` : undefined,
      nonlinearity,
      gatedBy: shared ?? weight,
      reads: input.reads,
      inputChannels: input.channels,
      producers: input.producers,
    };
    layers.push(planned);
    const own = plannedVariables(planned, weightShape, network.initialWeights ?? 'uniform');
    variables.push(...own.variables);
    statistics.push(...own.statistics);
    sites.push({
      name: weight,
      layer: name,
      kind: 'weights',
      signed: true,
      // The last layer's outputs are the classes, which cannot be dropped.
      gatedChannels: layer === last || shared !== undefined ? 0 : channels,
      gatesOf: shared,
      rounded: true,
    });
    if (planned.activation !== undefined) {
      sites.push(activationSite(planned.activation, name, nonlinearity === 'none'));
    }
    const producers = [{ weight: planned.gatedBy, channels, first: 0 }];
    return {
      step: { type: 'weighted', layer: planned },
      output: { shape: outputShape, reads: planned.activation, channels, producers },
    };
  }

  /** The tensor after a layer without weights. */
  function through(layer: WeightlessLayer, passed: Passed, path: Path): Passed {
    const { count, first } = channelsThrough(layer, passed.channels);
    const isImage = passed.shape.length === 3;
    const unknown = isImage ? [NaN, NaN, count] : passed.shape;
    const shape = fitted(path, () => typeOf(layer).outputShape(layer, passed.shape), unknown);
    if (layer.type === 'dropout') dropouts.push({ rate: layer.rate, shape });
    const producers = passed.producers.map((one) => ({ ...one, first: one.first + first }));
    return { ...passed, shape, channels: count, producers };
  }

  /** A layer's output shape; sizes that a misfit leaves unknown are NaN. */
  function fitted(
    path: Path,
    shapeOf: () => readonly number[],
    unknown: readonly number[],
  ): readonly number[] {
    try {
      return shapeOf();
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      misfits.push({ path, text: error.message });
      return unknown;
    }
  }

  function takeName(name: string, path: Path): void {
    if (names.has(name)) {
      misfits.push({ path, text: `network ${network.name}: two layers are named "${name}"` });
    }
    names.add(name);
  }
}

/** The last layer; records a misfit if it cannot yield logits. */
function lastLayer({ name, layers }: Network, misfits: Misfit[]): Layer | undefined {
  const last = layers.findLast((layer) => isWeighted(layer) || layer.type === 'residual');
  if (last === undefined || !isWeighted(last)) {
    const end = last ? `ends with the residual block "${last.name}"` : 'has no layer with weights';
    const expected = 'expected a dense layer or a convolution that gives the logits';
    misfits.push({ path: [], text: `network ${name} ${end}; ${expected}` });
  }
  return last;
}

function activationSite(name: string, layer: string, signed: boolean): Omit<QuantizerSite, 'macs'> {
  return { name, layer, kind: 'activations', signed, gatedChannels: 0, rounded: true };
}

/** Multiply-accumulates of the layer with this weight, or of the layers that read this activation. */
function macsAt(site: string, layers: readonly WeightedLayer[]): number {
  return layers
    .filter(({ weight, reads }) => weight === site || reads === site)
    .reduce((sum, { macs }) => sum + macs, 0);
}

function isWeighted(layer: Layer): layer is Convolution | Dense {
  return layer.type === 'convolution' || layer.type === 'dense';
}

function geometryOf(layer: Convolution | Dense, input: readonly number[]): Geometry {
  if (layer.type === 'dense') return { type: 'dense' };
  const { stride, padding } = windowsOf(layer, input);
  return { type: 'convolution', stride, padding, groups: layer.groups ?? 1 };
}
