import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Attributes of a node by name; integers only. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** An ONNX graph under construction. */
export interface GraphParts {
  /** In execution order. */
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /**
   * Add a node with one output. Both get the wanted name, or an unused one if it is taken.
   *
   * @param inputs names of values; undefined for an omitted optional input
   * @returns the output's name
   */
  node(
    op: string,
    name: string,
    inputs: readonly (string | undefined)[],
    attributes?: Attributes,
  ): string;
  /** Add an initializer. @returns its name, chosen in the same way */
  initializer(name: string, tensor: TensorProto): string;
}

/** Start an empty graph. @param reserved names of values that no node computes */
export function newGraph(reserved: readonly string[]): GraphParts {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const [values, nodeNames] = [new Set(reserved), new Set<string>()];
  // Users choose layer names, which may be those of the network's input or output.
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
