import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Attributes of a node by their names: whole numbers alone. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** An ONNX graph while it is written. */
export interface GraphParts {
  /** In the order of execution. */
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /**
   * Adds a node with one output, both with the wanted name, or where that is taken a new one.
   *
   * @param inputs names of values; undefined: an optional input that is left out
   * @returns the output's name
   */
  node(
    op: string,
    name: string,
    inputs: readonly (string | undefined)[],
    attributes?: Attributes,
  ): string;
  /** Adds an initializer. @returns its name, in the same way */
  initializer(name: string, tensor: TensorProto): string;
}

/** @param reserved names of values that no node gives */
export function newGraph(reserved: readonly string[]): GraphParts {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const [values, nodeNames] = [new Set(reserved), new Set<string>()];
  // Layers are the user's to name: one may be called as what the network reads or gives.
  const unused = (names: Set<string>, wanted: string) => {
    let name = wanted;
    for (let count = 2; names.has(name); count++) name = `${wanted}-${count}`;
    names.add(name);
    return name;
  };
  return {
    nodes,
    initializers,
    node(op, name, inputs, attributes = {}) {
      const output = unused(values, name);
      nodes.push(
        create(NodeProtoSchema, {
          opType: op,
          name: unused(nodeNames, name),
          input: inputs.map((input) => input ?? ''),
          output: [output],
          attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        }),
      );
      return output;
    },
    initializer(name, tensor) {
      tensor.name = unused(values, name);
      initializers.push(tensor);
      return tensor.name;
    },
  };
}

function attribute(name: string, value: number | readonly number[]) {
  return typeof value === 'number'
    ? create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INT,
        i: BigInt(value),
      })
    : create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INTS,
        ints: value.map(BigInt),
      });
}
