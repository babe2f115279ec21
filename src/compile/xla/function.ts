import type { TensorSpec } from '../entry.js';
import { dataTypes, encodeNode, nodeOf, type GraphNode } from '../graph.js';
import { proto, type Message } from '../graph-proto.js';
import type { NativeBinding } from '../native-backend.js';
import { opOutputs } from './op-outputs.js';
import { RefusedByXla } from './refused.js';

/** A function of a graph's library. */
export interface LibraryFunction {
  readonly name: string;
  readonly arguments: readonly FunctionArgument[];
  readonly nodes: readonly GraphNode[];
  readonly results: readonly FunctionResult[];
}

export interface FunctionArgument {
  /** Its name in the body, where nodes refer to it as `NAME:0`. */
  readonly name: string;
  readonly dtype: keyof typeof dataTypes;
}

export interface FunctionResult {
  readonly node: string;
  readonly dtype: TensorSpec['dtype'];
}

/** Remove the nodes that the results do not need, and the arguments that no remaining node reads. */
export function pruned(whole: LibraryFunction): LibraryFunction {
  const byName = new Map(whole.nodes.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const waiting = whole.results.map(({ node }) => node);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    waiting.push(...(byName.get(name)?.inputs ?? []).map(nodeOf));
  }
  return {
    ...whole,
    arguments: whole.arguments.filter(({ name }) => needed.has(name)),
    nodes: whole.nodes.filter(({ name }) => needed.has(name)),
  };
}

/**
 * Encode a function as TensorFlow's `FunctionDef`, which refers to outputs by the op's names for them.
 *
 * @throws RefusedByXla for an op that `opOutputs` lacks
 */
export function encodeFunction(binding: NativeBinding, whole: LibraryFunction): Message {
  const { OpDef, FunctionDef } = proto();
  const ops = new Map(whole.nodes.map(({ name, op }) => [name, op]));
  const inFunction = (input: string) => {
    const op = ops.get(nodeOf(input));
    if (op === undefined) return input.replace(/:0$/, ''); // An argument.
    return input.startsWith('^') ? input : outputInFunction(op, input);
  };
  const signature = new OpDef();
  signature.setName(whole.name);
  signature.setInputArgList(whole.arguments.map(({ name, dtype }) => argument(name, dtype)));
  signature.setOutputArgList(
    whole.results.map(({ dtype }, index) => argument(resultName(index), dtype)),
  );
  signature.setIsStateful(true);

  const message = new FunctionDef();
  message.setSignature(signature);
  message.setNodeDefList(
    whole.nodes.map((node) =>
      encodeNode(binding, { ...node, inputs: node.inputs.map(inFunction) }),
    ),
  );
  const results = message.getRetMap();
  whole.results.forEach(({ node }, index) => {
    results.set(resultName(index), inFunction(`${node}:0`));
  });
  return message;
}

/** Convert a graph's `node:index` to `node:output:index`, where index counts within a list output. */
function outputInFunction(op: string, output: string): string {
  const names = opOutputs[op];
  if (!names) {
    throw new RefusedByXla(`the op ${op}, whose outputs have no names in op-outputs.ts`);
  }
  const [node = '', index = '0'] = output.split(':');
  const [only] = names;
  return names.length === 1
    ? `${node}:${only}:${index}`
    : `${node}:${names[Number(index)] ?? index}:0`;
}

function argument(name: string, dtype: keyof typeof dataTypes): Message {
  const { OpDef } = proto();
  const message = new OpDef.ArgDef();
  message.setName(name);
  message.setType(dataTypes[dtype]);
  return message;
}

const resultName = (index: number) => `result_${index}`;
