import * as tf from '@tensorflow/tfjs-core';
import { inScope } from '../compile/scope.js';
import { channelsThrough, typeOf, type WeightlessLayer } from '../nn/layers/type-of.js';
import type { Plan, ResidualStep, Step, WeightedLayer } from '../nn/plan.js';
import { shortMargins, shortSizes } from '../nn/windows.js';
import { activate, deployedActivation } from './activation.js';
import { deployedBias, perChannel } from './bias.js';
import { constantsThrough, hasConstants, removed, type Channels } from './channels.js';
import { fixedLayer } from './fixed-layer.js';
import { removedFromGroups, type RemovedFromGroups } from './groups.js';
import type {
  DeployedActivation,
  DeployedNetwork,
  DeployedResidual,
  DeployedStep,
  DeployedTensor,
  FixedQuantizer,
} from './network.js';

/** A step's deployed form, undefined if the step can be omitted, and its output. */
interface DeployedPart {
  readonly step: DeployedStep | undefined;
  readonly output: Channels;
}

export interface Deployed {
  readonly network: DeployedNetwork;
  /** Tensors by name. */
  readonly tensors: Readonly<Record<string, DeployedTensor>>;
}

/**
 * Convert a trained network to its test-time form without dropped channels; the logits agree up to float32
 * rounding.
 *
 * A dropped channel emits a constant: its bias (`shift - scale mu / sigma` for a folded batch norm), or an
 * unfolded batch norm's shift. Layers that read it add the constant's contribution to their biases; residual
 * sums add the constant itself.
 *
 * @param variables variables and running statistics, by name
 * @param quantizers by site name; a site without one is in full precision
 */
export function deploy(
  plan: Plan,
  variables: Readonly<Record<string, tf.Tensor>>,
  quantizers: ReadonlyMap<string, FixedQuantizer>,
): Deployed {
  const tensors: Record<string, DeployedTensor> = {};
  const [, , count = 0] = plan.imageShape;
  const images: Channels = {
    shape: plan.imageShape,
    kept: Array.from({ length: count }, (_, channel) => channel),
    constants: new Float32Array(count),
  };
  const { steps } = inScope(() => deployAll(plan.steps, images));
  return { network: { name: plan.network, imageShape: plan.imageShape, steps }, tensors };

  function deployAll(steps: readonly Step[], input: Channels) {
    const deployed: DeployedStep[] = [];
    let channels = input;
    for (const step of steps) {
      const next = deployStep(step, channels);
      if (next.step) deployed.push(next.step);
      channels = next.output;
    }
    return { steps: deployed, output: channels };
  }

  function deployStep(step: Step, input: Channels): DeployedPart {
    if (step.type === 'weighted') return deployLayer(step.layer, input);
    if (step.type === 'residual') return deployResidual(step, input);
    return deployWeightless(step, input);
  }

  function deployLayer(layer: WeightedLayer, input: Channels) {
    const { name, geometry, outputShape } = layer;
    const quantizer = quantizers.get(layer.weight);
    const fixed = fixedLayer(layer, variables, quantizer);
    const kept = keptOutputs(quantizers.get(layer.gatedBy), outputShape.at(-1) ?? 0);
    const activation =
      layer.activation === undefined
        ? null
        : deployedActivation(quantizers.get(layer.activation), layer.nonlinearity);
    const fromConstants = hasConstants(input)
      ? constantsThrough(input, geometry, fixed.realWeight, fixed.factor)
      : undefined;

    const { weight, step: groups } = remaining(layer, fixed.weight, input, kept);
    tensors[layer.weight] = weight;
    tensors[`${name}/scale`] = { shape: [1], values: Float32Array.of(fixed.scale) };
    if (fixed.factor) tensors[`${name}/factor`] = perChannel(fixed.factor, kept);
    const bias = deployedBias(layer, fixed, fromConstants, kept);
    Object.assign(tensors, bias.tensors);
    const step: DeployedStep = {
      type: geometry.type,
      name,
      ...(geometry.type === 'convolution'
        ? {
            stride: shortSizes(geometry.stride),
            padding: shortMargins(geometry.padding),
            ...groups,
          }
        : {}),
      outputShape: [...outputShape.slice(0, -1), kept.length],
      channels: kept,
      weightBits: quantizer?.bits ?? null,
      weight: layer.weight,
      scale: `${name}/scale`,
      ...(fixed.factor ? { factor: `${name}/factor` } : {}),
      ...bias.step,
      activation,
    };
    const output: Channels = {
      shape: outputShape,
      kept,
      constants: constantsAfter(fixed.emitted, kept, activation),
    };
    return { step, output };
  }

  function deployResidual(
    { name, activation: site, nonlinearity, outputShape, ...block }: ResidualStep,
    input: Channels,
  ): { step: DeployedResidual; output: Channels } {
    const branch = deployAll(block.branch, input);
    const shortcut = deployAll(block.shortcut, input);
    const summands = [branch.output, shortcut.output];
    const kept = Array.from(outputShape.at(-1) ? branch.output.constants.keys() : []).filter(
      (channel) => summands.some((summand) => summand.kept.includes(channel)),
    );
    // A term has the constant 0 for the channels that it keeps.
    const constants = branch.output.constants.map(
      (constant, channel) => constant + (shortcut.output.constants[channel] ?? NaN),
    );
    const activation = deployedActivation(quantizers.get(site), nonlinearity);
    const constant = `${name}/constant`;
    const added = perChannel(constants, kept);
    const isAdded = added.values.some((value) => value !== 0);
    if (isAdded) tensors[constant] = added;
    return {
      step: {
        type: 'residual',
        name,
        branch: branch.steps,
        shortcut: shortcut.steps,
        outputShape: [...outputShape.slice(0, -1), kept.length],
        channels: kept,
        branchChannels: branch.output.kept.map((channel) => kept.indexOf(channel)),
        shortcutChannels: shortcut.output.kept.map((channel) => kept.indexOf(channel)),
        ...(isAdded ? { constant } : {}),
        activation,
      },
      output: {
        shape: outputShape,
        kept,
        constants: constantsAfter(constants, kept, activation),
      },
    };
  }
}

function deployWeightless(layer: WeightlessLayer, input: Channels): DeployedPart {
  const type = typeOf(layer);
  const { count, first } = channelsThrough(layer, input.constants.length);
  const kept = input.kept.map((channel) => channel + first);
  // Added zero channels are treated as dropped ones.
  const constants = new Float32Array(count);
  constants.set(
    input.constants.map((value) => type.constant?.(layer, value) ?? value),
    first,
  );
  for (const channel of kept) constants[channel] = 0;
  const shape = type.outputShape(layer, input.shape);
  const step = type.deployed ? type.deployed(layer, input.shape) : layer;
  return { step, output: { shape, kept, constants } };
}

/** A layer's weights without dropped channels. */
function remaining(
  layer: WeightedLayer,
  weight: DeployedTensor,
  input: Channels,
  kept: readonly number[],
): { weight: DeployedTensor; step: Partial<RemovedFromGroups['step']> } {
  const { geometry } = layer;
  const rows = rowsOf(layer, input);
  if (geometry.type === 'convolution' && geometry.groups > 1) {
    return removedFromGroups(weight, geometry.groups, rows, kept);
  }
  return { weight: removed(weight, rows, kept), step: {} };
}

function keptOutputs(quantizer: FixedQuantizer | undefined, count: number): number[] {
  const channels = Array.from({ length: count }, (_, channel) => channel);
  const { keptChannels = [] } = quantizer ?? {};
  return keptChannels.length === 0 ? channels : channels.filter((channel) => keptChannels[channel]);
}

/** The remaining input rows of a weight; a flattened input has one row per channel and pixel. */
function rowsOf({ inputShape }: WeightedLayer, { kept, constants }: Channels): number[] {
  const channels = constants.length;
  const pixels = inputShape.length === 1 ? (inputShape[0] ?? 0) / channels : 1;
  return Array.from({ length: pixels }, (_, pixel) =>
    kept.map((channel) => pixel * channels + channel),
  ).flat();
}

/** The constants of dropped channels after the activation; 0 for kept channels. */
function constantsAfter(
  emitted: Float32Array,
  kept: readonly number[],
  activation: DeployedActivation | null,
): Float32Array {
  const values = activation
    ? (activate(tf.tensor1d(emitted), activation).dataSync() as Float32Array)
    : emitted;
  const constants = Float32Array.from(values);
  for (const channel of kept) constants[channel] = 0;
  return constants;
}
