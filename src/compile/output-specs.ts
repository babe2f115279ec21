import * as tf from '@tensorflow/tfjs-core';
import type { TensorSpec } from './entry.js';
import { dataTypes } from './graph.js';
import type { OpAttribute } from './native-backend.js';

/** A call of an op while tracing. */
interface Call {
  readonly inputs: readonly TensorSpec[];
  /** An attribute's value. */
  readonly attribute: (name: string) => unknown;
  /** The values of a constant input. */
  readonly numbers: (input: number) => readonly number[] | undefined;
}

/** The specs of an op's outputs; undefined if only running the op reveals them. */
type Rule = (call: Call) => (TensorSpec | undefined)[] | undefined;

/**
 * Infer shapes and types of an op's outputs from its inputs, so that tracing a network computes nothing. This
 * covers the usual cases of the ops in training steps; otherwise it returns undefined, and the op is run.
 *
 * @param numbers values of a constant input
 */
export function outputSpecs(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorSpec[],
  numbers: Call['numbers'],
): TensorSpec[] | undefined {
  if (!Object.hasOwn(rules, op)) return undefined;
  const attribute = (name: string) => attributes.find((each) => each.name === name)?.value;
  const specs = rules[op]?.({ inputs, attribute, numbers });
  return specs?.every((spec) => spec !== undefined) ? specs : undefined;
}

/** Outputs with the shapes and types of the given inputs. */
const like =
  (...inputs: number[]): Rule =>
  ({ inputs: given }) =>
    inputs.map((input) => given[input]);

const broadcast =
  (dtype?: 'bool'): Rule =>
  ({ inputs: [a, b] }) => {
    if (!a || !b) return undefined;
    const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
    return [{ shape, dtype: dtype ?? a.dtype }];
  };

const reduction: Rule = ({ inputs: [x], attribute, numbers }) => {
  const given = numbers(1);
  if (!x || !given) return undefined;
  const axes = given.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  const kept = attribute('keep_dims') === true ? [1] : [];
  return [{ ...x, shape: x.shape.flatMap((size, axis) => (axes.includes(axis) ? kept : [size])) }];
};

/** The type of one input, and the shape given by another, constant input. */
const shapedBy =
  (told: number, typed: number): Rule =>
  ({ inputs, numbers }) => {
    const type = inputs[typed];
    const shape = numbers(told);
    return type && shape && [{ ...type, shape }];
  };

/** One size may be -1, for the remaining elements. */
const reshaping: Rule = ({ inputs: [x], numbers }) => {
  const shape = numbers(1);
  if (!x || !shape) return undefined;
  const size = tf.util.sizeFromShape([...x.shape]);
  return [{ ...x, shape: tf.util.inferFromImplicitShape([...shape], size) }];
};

/** The output of windows over channels-last images, with a given number of channels. */
function windows(
  { inputs: [x], attribute }: Call,
  rows: number | undefined,
  columns: number | undefined,
  channels: number | undefined,
): TensorSpec[] | undefined {
  const [batch, height, width] = x?.shape ?? [];
  const strides = attribute('strides');
  const dilations = attribute('dilations') ?? [1, 1, 1, 1];
  const padding = attribute('padding');
  const isUsual =
    attribute('data_format') === 'NHWC' &&
    Array.isArray(dilations) &&
    dilations.every((dilation) => dilation === 1);
  if (!isUsual || !x || !batch || !height || !width || !rows || !columns || !channels) {
    return undefined;
  }
  if (!Array.isArray(strides) || (padding !== 'SAME' && padding !== 'VALID')) return undefined;
  const places = (size: number, window: number, stride: number) =>
    Math.ceil((padding === 'SAME' ? size : size - window + 1) / stride);
  const [, down, across] = strides as number[];
  if (!down || !across) return undefined;
  const shape = [batch, places(height, rows, down), places(width, columns, across), channels];
  return [{ ...x, shape }];
}

const convolution: Rule = (call) => {
  const [rows, columns, , channels] = call.inputs[1]?.shape ?? [];
  return windows(call, rows, columns, channels);
};

const pooling: Rule = (call) => {
  const size = call.attribute('ksize');
  const [, rows, columns] = Array.isArray(size) ? (size as number[]) : [];
  return windows(call, rows, columns, call.inputs[0]?.shape[3]);
};

const matrixProduct: Rule = ({ inputs: [a, b], attribute }) => {
  if (!a || !b || a.shape.length < 2) return undefined;
  const batch = a.shape.slice(0, -2);
  if (batch.join() !== b.shape.slice(0, -2).join()) return undefined;
  const rows = a.shape.at(attribute('adj_x') === true ? -1 : -2) ?? NaN;
  const columns = b.shape.at(attribute('adj_y') === true ? -2 : -1) ?? NaN;
  return [{ ...a, shape: [...batch, rows, columns] }];
};

/** The input's shape, and the type named by an attribute; Bitcast here keeps the element size. */
const typedBy =
  (told: 'DstT' | 'type'): Rule =>
  ({ inputs: [x], attribute }) => {
    const type = attribute(told);
    const [dtype] = dtypes.filter((name) => dataTypes[name] === type);
    return x && dtype ? [{ ...x, dtype }] : undefined;
  };
const dtypes = Object.keys(dataTypes) as TensorSpec['dtype'][];

/** The shape of `x` with the gathered axis replaced by the indices' axes, without batch axes. */
const gathering: Rule = ({ inputs: [x, indices], attribute, numbers }) => {
  const [given] = numbers(2) ?? [];
  if (!x || !indices || given === undefined) return undefined;
  const axis = given < 0 ? given + x.shape.length : given;
  const told = Number(attribute('batch_dims') ?? 0);
  const batchAxes = told < 0 ? told + indices.shape.length : told;
  const taken = indices.shape.slice(batchAxes);
  return [{ ...x, shape: [...x.shape.slice(0, axis), ...taken, ...x.shape.slice(axis + 1)] }];
};

const padding: Rule = ({ inputs: [x], numbers }) => {
  const zeros = numbers(1);
  if (!x || !zeros) return undefined;
  const shape = x.shape.map(
    (size, axis) => size + (zeros[2 * axis] ?? NaN) + (zeros[2 * axis + 1] ?? NaN),
  );
  return [{ ...x, shape }];
};

/** The last output is internal to the kernel and its gradient. */
const batchNorm: Rule = ({ inputs: [x, scale] }) =>
  scale && [x, scale, scale, scale, scale, { ...scale, shape: [0] }];

/** The last two outputs are empty. */
const batchNormGradient: Rule = ({ inputs: [, x, scale] }) => {
  const nothing = scale && { ...scale, shape: [0] };
  return [x, scale, scale, nothing, nothing];
};

const unary = 'Abs Exp Floor Log Neg Reciprocal Relu Round Rsqrt Sigmoid Softmax Sqrt Square';
const binary = 'Add AddV2 Div Maximum Minimum Mul RealDiv SquaredDifference Sub';
const comparison = 'Equal Greater GreaterEqual Less LessEqual NotEqual';

const rules: Readonly<Record<string, Rule>> = {
  ...forEach(unary, like(0)),
  ...forEach(binary, broadcast()),
  ...forEach(comparison, broadcast('bool')),
  ...forEach('Max Mean Min Sum', reduction),
  ...forEach('AvgPool MaxPool', pooling),
  ...forEach('BbitsMaxPoolGradient BiasAdd ClipByValue MaxPoolGrad ReluGrad ZerosLike', like(0)),
  AddN: like(0),
  AvgPoolGrad: shapedBy(0, 1),
  BatchMatMulV2: matrixProduct,
  BbitsAdam: like(0, 1, 2),
  BbitsQuantize: like(0),
  BbitsQuantizeGradient: like(1, 2, 3, 4),
  Bitcast: typedBy('type'),
  Cast: typedBy('DstT'),
  Conv2D: convolution,
  Conv2DBackpropFilter: shapedBy(1, 0),
  Conv2DBackpropInput: shapedBy(0, 1),
  FusedBatchNormGradV3: batchNormGradient,
  FusedBatchNormV3: batchNorm,
  GatherV2: gathering,
  PadV2: padding,
  QuantizeAndDequantizeV4: like(0),
  QuantizeAndDequantizeV4Grad: like(0, 2, 3),
  Reshape: reshaping,
};

function forEach(ops: string, rule: Rule): Record<string, Rule> {
  return Object.fromEntries(ops.split(' ').map((op) => [op, rule]));
}
