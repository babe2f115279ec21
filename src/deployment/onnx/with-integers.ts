import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

/** A quantizer's integers in the file. */
export interface IntegerOutput {
  /** The name of the output. */
  readonly name: string;
  /** The layer or sum that precedes them. */
  readonly layer: string;
  /** The zero point. */
  readonly zeroPoint: number;
}

const suffix = '/quantize';

/**
 * Add the integers of every activation to the outputs of a file written by `encodeOnnx`.
 *
 * @returns the file's bytes, and the integers in execution order
 */
export function withIntegers(file: Uint8Array): {
  bytes: Uint8Array;
  integers: readonly IntegerOutput[];
} {
  const model = fromBinary(ModelProtoSchema, file);
  const { graph } = model;
  if (!graph) throw new Error('onnx: a model without a graph');
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const integers = graph.node.flatMap(({ opType, name, input, output }) => {
    if (opType !== 'QuantizeLinear') return [];
    const [gives = ''] = output;
    const zero = initializers.get(input[2] ?? '');
    if (!zero) throw new Error(`onnx: "${name}" has no zero point`);
    const type = create(TypeProto_TensorSchema, { elemType: zero.dataType });
    graph.output.push(
      create(ValueInfoProtoSchema, {
        name: gives,
        type: create(TypeProtoSchema, { value: { case: 'tensorType', value: type } }),
      }),
    );
    // Unsigned, of one or two bytes.
    const zeroPoint = zero.rawData.reduceRight((above, byte) => 256 * above + byte, 0);
    return [{ name: gives, layer: name.slice(0, -suffix.length), zeroPoint }];
  });
  return { bytes: toBinary(ModelProtoSchema, model), integers };
}
