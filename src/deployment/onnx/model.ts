import { create, toBinary } from '@bufbuild/protobuf';
import type { Deployed } from '../deploy.js';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';
import { newGraph } from './graph.js';
import { irVersions, type Opset } from './opsets.js';
import { addSteps } from './steps.js';
import { channelsFirst } from './value.js';

const imagesName = 'images';
const logitsName = 'logits';
/** The name of the node that computes the logits; layer names contain no slash. */
const outputName = 'network/logits';

/**
 * Encode a deployed network as ONNX, from normalized images of shape [batch, channels, height, width] to
 * logits of shape [batch, classes].
 *
 * @param metadata key-value texts about the file
 * @param producer name and version of the program
 */
export function encodeOnnx(
  { network, tensors }: Deployed,
  opset: Opset,
  producer: { readonly name: string; readonly version: string },
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = newGraph([imagesName, logitsName]);
  const tensor = (name: string) => {
    const found = tensors[name];
    if (!found) throw new Error(`onnx: no tensor "${name}"`);
    return found;
  };
  const { imageShape } = network;
  const output = addSteps({ graph, opset, tensor, images: imagesName }, network.steps, {
    name: imagesName,
    shape: imageShape,
  });
  if (output.name === undefined) throw new Error('onnx: the network has no output');
  // The same name in every file, whatever the last layer's name.
  const last = create(NodeProtoSchema, {
    opType: 'Identity',
    name: outputName,
    input: [output.name],
    output: [logitsName],
  });
  const { nodes, initializers } = graph;
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersions[opset]),
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset) })],
    producerName: producer.name,
    producerVersion: producer.version,
    metadataProps: Object.entries(metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph: create(GraphProtoSchema, {
      name: network.name,
      node: [...nodes, last],
      initializer: [...initializers],
      input: [floats(imagesName, channelsFirst(imageShape))],
      output: [floats(logitsName, output.shape)],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

/** A tensor with a batch axis. */
function floats(name: string, shape: readonly number[]) {
  const dim = [
    create(TensorShapeProto_DimensionSchema, { value: { case: 'dimParam', value: 'batch' } }),
    ...shape.map((size) =>
      create(TensorShapeProto_DimensionSchema, {
        value: { case: 'dimValue', value: BigInt(size) },
      }),
    ),
  ];
  const type = create(TypeProto_TensorSchema, {
    elemType: TensorProto_DataType.FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: type } }),
  });
}
