import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNativeBackend, type NativeBackend } from '../src/compile/native-backend.js';

/** Overhead of a step besides its arithmetic. */
export interface Crossings {
  /** Graph nodes except constants and placeholders: TensorFlow executes each, or skips it by a condition. */
  readonly nodesOutsideXla: number;
  readonly callsOfXla: number;
  readonly bytesFed: number;
  readonly bytesFetched: number;
  /** Tensors that cross between a GPU and the host: feeds, fetches, and conditions computed on the GPU. */
  readonly edgesBetweenCpuAndGpu: number;
}

interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  /** Size of a placeholder's value. */
  readonly bytes: number;
  /** Required device; empty: the GPU if possible. */
  readonly device: string;
}

/**
 * Count the crossings of the graphs that are loaded and run by `run`, by intercepting TensorFlow's binding,
 * so that the counted code needs no changes.
 *
 * @param options `asOnGpu`: make graphs as for a GPU
 * @returns the counts of the last graph run
 */
export function countCrossings(
  backend: NativeBackend,
  run: () => void,
  options: { asOnGpu?: boolean } = {},
): Crossings {
  const { binding } = backend;
  const graphs = new Map<number, ReadonlyMap<string, GraphNode>>();
  let found: Crossings | undefined;
  const watching: Pick<typeof binding, 'isUsingGpuDevice' | 'loadSavedModel' | 'runSavedModel'> = {
    isUsingGpuDevice: () => options.asOnGpu === true || binding.isUsingGpuDevice(),
    loadSavedModel(folder, tags) {
      const nodes = readNodes(join(folder, 'saved_model.pb'));
      const session = binding.loadSavedModel(folder, tags);
      graphs.set(session, nodes);
      return session;
    },
    runSavedModel(session, inputs, feeds, fetches) {
      const outputs = binding.runSavedModel(session, inputs, feeds, fetches);
      const nodes = graphs.get(session);
      if (nodes) found = crossingsOf(nodes, feeds.split(','), fetches.split(','), outputs);
      return outputs;
    },
  };
  // The binding's own properties are read-only.
  const over: NativeBackend['binding'] = Object.assign(
    Object.create(binding, writable(Object.keys(watching))) as NativeBackend['binding'],
    watching,
  );
  Object.assign(backend, { binding: over });
  try {
    run();
  } finally {
    Object.assign(backend, { binding });
  }
  if (!found) throw new Error('crossings: no graph was run');
  return found;
}

function writable(names: readonly string[]): PropertyDescriptorMap {
  return Object.fromEntries(names.map((name) => [name, { writable: true }]));
}

function crossingsOf(
  nodes: ReadonlyMap<string, GraphNode>,
  feeds: readonly string[],
  fetches: readonly string[],
  outputs: readonly { readonly shape: readonly number[]; readonly dtype: number }[],
): Crossings {
  const isGiven = ({ op }: GraphNode) => op === 'Const' || op === 'Placeholder';
  const executed = neededFor(nodes, fetches).filter((node) => !isGiven(node));
  const switches = executed.filter(({ op }) => op === 'Switch');
  const conditions = new Set(switches.map(({ inputs: [, condition = ''] }) => condition));
  const readBack = [...conditions].filter((condition) => !isOnHost(nodes.get(nodeOf(condition))));
  return {
    nodesOutsideXla: executed.length,
    callsOfXla: executed.filter(({ op }) => op === 'StatefulPartitionedCall').length,
    bytesFed: sum(feeds.map((feed) => nodes.get(nodeOf(feed))?.bytes ?? NaN)),
    bytesFetched: sum(outputs.map(({ shape, dtype }) => bytesOf(shape, dtype))),
    edgesBetweenCpuAndGpu: feeds.length + fetches.length + readBack.length,
  };
}

function isOnHost(node: GraphNode | undefined): boolean {
  return node?.device.includes('CPU') === true;
}

function neededFor(nodes: ReadonlyMap<string, GraphNode>, outputs: readonly string[]): GraphNode[] {
  const needed = new Map<string, GraphNode>();
  const waiting = outputs.map(nodeOf);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = nodes.get(name);
    if (!node || needed.has(name)) continue;
    needed.set(name, node);
    waiting.push(...node.inputs.map(nodeOf));
  }
  return [...needed.values()];
}

const nodeOf = (output: string) => output.replace(/^\^/, '').replace(/:\d+$/, '');

const boolean = 10;

function bytesOf(shape: readonly number[], dtype: number): number {
  return shape.reduce((a, b) => a * b, 1) * (dtype === boolean ? 1 : 4);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function readNodes(file: string): ReadonlyMap<string, GraphNode> {
  const proto = findNativeBackend()?.proto as unknown as Proto;
  const [graph] = proto.SavedModel.deserializeBinary(readFileSync(file)).getMetaGraphsList();
  const nodes = graph?.getGraphDef().getNodeList() ?? [];
  return new Map(
    nodes.map((node) => {
      const attributes = node.getAttrMap();
      const shape = attributes.get('shape')?.getShape()?.getDimList() ?? [];
      const dtype = attributes.get('dtype')?.getType() ?? 0;
      const bytes = bytesOf(
        shape.map((dimension) => dimension.getSize()),
        dtype,
      );
      const [op, inputs, device] = [node.getOp(), node.getInputList(), node.getDevice()];
      return [node.getName(), { op, inputs, device, bytes }];
    }),
  );
}

// TensorFlow's protocol buffers, which tfjs-node ships without types.
interface Attribute {
  getShape(): { getDimList(): { getSize(): number }[] } | undefined;
  getType(): number;
}
interface NodeDef {
  getName(): string;
  getOp(): string;
  getInputList(): string[];
  getDevice(): string;
  getAttrMap(): { get(name: string): Attribute | undefined };
}
interface Proto {
  readonly SavedModel: {
    deserializeBinary(bytes: Uint8Array): {
      getMetaGraphsList(): { getGraphDef(): { getNodeList(): NodeDef[] } }[];
    };
  };
}
