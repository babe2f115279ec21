import { proto, type Message } from './graph-proto.js';
import type { NativeBinding, OpAttribute } from './native-backend.js';
import type { TensorSpec } from './entry.js';

/** One node of a TensorFlow graph. Inputs are `node:index`, or `^node` for "after that node". */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: readonly GraphAttribute[];
  /** Device placement, such as `/device:GPU:0`; default: TensorFlow decides. */
  readonly device?: string;
}

/** Node name of `node:index` or `^node`. */
export function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}

/** Add a node to a graph and return its unique name. */
export type AddNode = (
  op: string,
  name: string,
  inputs: readonly string[],
  attributes: readonly GraphAttribute[],
) => string;

export type GraphAttribute =
  | OpAttribute
  | { name: string; tensor: ConstantValue }
  /** Name of a function in the graph's library. */
  | { name: string; calls: string };

export interface ConstantValue extends TensorSpec {
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/**
 * Encode a graph as a TensorFlow SavedModel without values of variables, tagged `serve`.
 *
 * @param functions encoded functions that its nodes call
 */
export function encodeSavedModel(
  binding: NativeBinding,
  nodes: readonly GraphNode[],
  functions: readonly Message[] = [],
): Uint8Array {
  const { GraphDef, VersionDef, FunctionDefLibrary, MetaGraphDef, SavedModel } = proto();
  const graph = new GraphDef();
  const versions = new VersionDef();
  versions.setProducer(graphProducerVersion);
  graph.setVersions(versions);
  graph.setNodeList(nodes.map((node) => encodeNode(binding, node)));
  if (functions.length > 0) {
    const library = new FunctionDefLibrary();
    library.setFunctionList([...functions]);
    graph.setLibrary(library);
  }

  const info = new MetaGraphDef.MetaInfoDef();
  info.setTagsList(['serve']);
  const metaGraph = new MetaGraphDef();
  metaGraph.setMetaInfoDef(info);
  metaGraph.setGraphDef(graph);
  const model = new SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.setMetaGraphsList([metaGraph]);
  return model.serializeBinary();
}

/** Any producer version since 2019 works; by default TensorFlow reads the graph as one of 2015. */
const graphProducerVersion = 1000;

export function encodeNode(binding: NativeBinding, node: GraphNode): Message {
  const { NodeDef } = proto();
  const message = new NodeDef();
  message.setName(node.name);
  message.setOp(node.op);
  message.setInputList([...node.inputs]);
  if (node.device !== undefined) message.setDevice(node.device);
  const attributes = message.getAttrMap();
  for (const attribute of node.attributes) {
    attributes.set(attribute.name, encodeValue(binding, node, attribute));
  }
  return message;
}

function encodeValue(binding: NativeBinding, node: GraphNode, attribute: GraphAttribute): Message {
  if ('tensor' in attribute) return encodeTensor(attribute.tensor);
  if ('calls' in attribute) return encodeCall(attribute.calls);
  return encodeAttribute(binding, node, attribute);
}

function encodeCall(name: string): Message {
  const { NameAttrList, AttrValue } = proto();
  const called = new NameAttrList();
  called.setName(name);
  const message = new AttrValue();
  message.setFunc(called);
  return message;
}

/** Encode an attribute that has the form of tfjs-node's eager calls. */
function encodeAttribute(binding: NativeBinding, node: GraphNode, attribute: OpAttribute): Message {
  const { AttrValue } = proto();
  const message = new AttrValue();
  const list = new AttrValue.ListValue();
  const { value } = attribute;
  const isList = Array.isArray(value) && attribute.type !== binding.TF_ATTR_SHAPE;
  switch (attribute.type) {
    case binding.TF_ATTR_TYPE:
      if (isList) list.setTypeList(value);
      else message.setType(value);
      break;
    case binding.TF_ATTR_INT:
      if (isList) list.setIList(value);
      else message.setI(value);
      break;
    case binding.TF_ATTR_FLOAT:
      if (isList) list.setFList(value);
      else message.setF(value);
      break;
    case binding.TF_ATTR_BOOL:
      if (isList) list.setBList(value);
      else message.setB(value);
      break;
    case binding.TF_ATTR_STRING:
      message.setS(Buffer.from(String(value)).toString('base64'));
      break;
    case binding.TF_ATTR_SHAPE:
      message.setShape(encodeShape(value as readonly number[]));
      break;
    default:
      throw new Error(
        `compile: ${node.op} has an attribute "${attribute.name}" of unknown type ${attribute.type}`,
      );
  }
  if (isList) message.setList(list);
  return message;
}

function encodeTensor(constant: ConstantValue): Message {
  const { Tensor, AttrValue } = proto();
  const tensor = new Tensor();
  tensor.setDtype(dataTypes[constant.dtype]);
  tensor.setTensorShape(encodeShape(constant.shape));
  const { buffer, byteOffset, byteLength } = constant.values;
  tensor.setTensorContent(Buffer.from(buffer, byteOffset, byteLength).toString('base64'));
  const message = new AttrValue();
  message.setTensor(tensor);
  return message;
}

function encodeShape(shape: readonly number[]): Message {
  const { TensorShape } = proto();
  const message = new TensorShape();
  message.setDimList(
    shape.map((size) => {
      const dimension = new TensorShape.Dim();
      dimension.setSize(size);
      return dimension;
    }),
  );
  return message;
}

/** TensorFlow's `DataType` numbers. */
export const dataTypes = { float32: 1, int32: 3, bool: 10, resource: 20 } as const;

/** An attribute that names a type, such as an op's `T`. */
export function typeAttribute(
  binding: NativeBinding,
  name: string,
  dtype: TensorSpec['dtype'],
): OpAttribute {
  return { name, type: binding.TF_ATTR_TYPE, value: dataTypes[dtype] };
}

export function shapeAttribute(binding: NativeBinding, shape: readonly number[]): OpAttribute {
  return { name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape };
}
