import { fromBinary } from '@bufbuild/protobuf';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { deploy, type Deployed } from '../../../src/deployment/deploy.js';
import {
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  type NodeProto,
} from '../../../src/deployment/onnx/generated/onnx_pb.js';
import { encodeOnnx } from '../../../src/deployment/onnx/model.js';
import type { Opset } from '../../../src/deployment/onnx/opsets.js';
import { withIntegers } from '../../../src/deployment/onnx/with-integers.js';
import { convolution, dense, flatten, maxPool, residual } from '../../../src/nn/network.js';
import { planNetwork } from '../../../src/nn/plan-network.js';
import { randomStream } from '../../../src/random.js';
import { initialWeights } from '../../../src/training/initial-weights.js';
import { startWhatThereIs } from '../../helpers/test-backend.js';

const layers = [
  convolution('first', 3, 3, { padding: 1 }),
  residual('sum', [convolution('inner', 3, 1)], [], { activation: 'none' }),
  maxPool(2),
  flatten,
  dense('hidden', 4),
  dense('logits', 2),
];
const widths: Record<string, number> = {
  'first/weight': 2,
  'first/activation': 4,
  'inner/weight': 4,
  'sum/activation': 8,
  'hidden/weight': 8,
  'hidden/activation': 16,
  'logits/weight': 16,
};

let deployed: Deployed;

beforeAll(async () => {
  await startWhatThereIs();
  const plan = planNetwork({ name: 'small', layers }, [4, 6, 1]);
  const weights = initialWeights(plan, randomStream(1, 'onnx'));
  const quantizers = plan.quantizers.map(
    ({ name }) => [name, { bits: widths[name] ?? null, beta: 0.7, keptChannels: [] }] as const,
  );
  deployed = deploy(plan, weights, new Map(quantizers));
  tf.dispose(weights);
});

const producer = { name: 'bbits', version: '0' };

function modelOf(opset: Opset) {
  const model = fromBinary(
    ModelProtoSchema,
    encodeOnnx(deployed, opset, producer, { of: 'a test' }),
  );
  if (!model.graph) throw new Error('no graph');
  return { ...model, graph: model.graph };
}

const typesOf = (opset: Opset) =>
  Object.fromEntries(
    modelOf(opset).graph.initializer.map(({ name, dataType }) => [name, DataType[dataType]]),
  );

describe('an ONNX file', () => {
  test.each([
    [21, 10],
    [25, 13],
  ] as const)('of opset %i has version %i of the format, its producer and origin', (opset, ir) => {
    const { irVersion, opsetImport, producerName, metadataProps, graph } = modelOf(opset);
    expect(Number(irVersion)).toBe(ir);
    expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([
      ['', opset],
    ]);
    expect(producerName).toBe('bbits');
    expect(metadataProps.map(({ key, value }) => [key, value])).toEqual([['of', 'a test']]);
    const type = graph.input[0]?.type?.value;
    const [batch, ...axes] = (type?.case === 'tensorType' && type.value.shape?.dim) || [];
    expect(batch?.value).toEqual({ case: 'dimParam', value: 'batch' });
    expect(axes.map(({ value }) => Number(value.value))).toEqual([1, 4, 6]);
    expect(graph.output.map(({ name }) => name)).toEqual(['logits']);
  });

  test('has nodes named after layers, which read only existing tensors', () => {
    const { graph } = modelOf(21);
    const named = (op: string) =>
      graph.node.filter(({ opType }) => opType === op).map(({ name }) => name);
    expect(named('Conv')).toEqual(['first', 'inner']);
    // The last one shares its name with the output.
    expect(named('MatMul')).toEqual(['hidden', 'logits']);
    // Default sessions of onnxruntime would round a bias inside Conv to 32-bit integers.
    expect(named('Add')).toEqual([
      ...['first/with-bias', 'inner/with-bias', 'sum/sum'],
      ...['hidden/with-bias', 'logits/with-bias'],
    ]);
    const inputs = graph.node.filter(({ opType }) => opType === 'Conv').map(({ input }) => input);
    expect(inputs.map(({ length }) => length)).toEqual([2, 2]);
    expect(named('QuantizeLinear')).toEqual(['first/quantize', 'sum/quantize', 'hidden/quantize']);
    expect(new Set(graph.node.map(({ name }) => name)).size).toBe(graph.node.length);

    const there = new Set(['images', ...graph.initializer.map(({ name }) => name)]);
    for (const { input, output } of graph.node) {
      expect(input.filter((name) => !there.has(name))).toEqual([]);
      for (const name of output) {
        expect(there.has(name), name).toBe(false);
        there.add(name);
      }
    }
    expect(there.has('logits')).toBe(true);
  });

  test('has weights in the narrowest integer types of its opset', () => {
    const weights = { 'inner/weight': 'INT4', 'hidden/weight': 'INT8', 'logits/weight': 'INT16' };
    expect(typesOf(21)).toMatchObject({ ...weights, 'first/weight': 'INT4' });
    expect(typesOf(25)).toMatchObject({ ...weights, 'first/weight': 'INT2' });
  });

  test('has unsigned activations of 8 or 16 bits, with a nonzero zero point without a ReLU', () => {
    expect(typesOf(21)).toMatchObject({
      'first/zero': 'UINT8',
      'sum/zero': 'UINT8',
      'hidden/zero': 'UINT16',
    });
    const { integers } = withIntegers(encodeOnnx(deployed, 21, producer, {}));
    expect(integers.map(({ layer, zeroPoint }) => [layer, zeroPoint])).toEqual([
      ['first', 0],
      ['sum', 128],
      ['hidden', 0],
    ]);
  });

  test('clips only where the integer type is wider than the grid', () => {
    const { node, initializer } = modelOf(21).graph;
    const clips = node.filter(({ opType }) => opType === 'Clip');
    expect(clips.map(({ name }) => name)).toEqual(['first/clip', 'sum/clip']);
    const number = (name = '') => {
      const { rawData } = initializer.find((tensor) => tensor.name === name) ?? {};
      return rawData && new DataView(rawData.slice().buffer).getFloat32(0, true);
    };
    const ends = ({ input }: NodeProto) => input.slice(1).map(number);
    expect(clips.map(ends)).toEqual([
      [0, expect.closeTo(0.7, 6)],
      // Symmetric, ending at 127 of the 127.5 steps to the range's end.
      [expect.closeTo((-0.7 * 254) / 255, 6), expect.closeTo((0.7 * 254) / 255, 6)],
    ]);
  });

  test('with its integers as additional outputs is otherwise the same file', () => {
    const { bytes, integers } = withIntegers(encodeOnnx(deployed, 21, producer, {}));
    const { graph } = fromBinary(ModelProtoSchema, bytes);
    expect(graph?.output.map(({ name }) => name)).toEqual([
      'logits',
      ...integers.map(({ name }) => name),
    ]);
    expect(graph?.node).toEqual(modelOf(21).graph.node);
  });
});

test('pooling keeps its explicit stride, which permits skipping a last row', () => {
  const plan = planNetwork(
    { name: 'odd', layers: [maxPool(2, { stride: 2 }), flatten, dense('logits', 2)] },
    [5, 5, 1],
  );
  const weights = initialWeights(plan, randomStream(1, 'onnx'));
  const odd = deploy(plan, weights, new Map());
  tf.dispose(weights);
  expect(odd.network.steps[0]).toEqual({ type: 'max-pool', size: 2, stride: 2 });
  const { graph } = fromBinary(ModelProtoSchema, encodeOnnx(odd, 21, producer, {}));
  expect(graph?.node.map(({ opType }) => opType)).toContain('MaxPool');
});
