import { nodeOf, type GraphNode } from './graph.js';

/**
 * Move a graph's conditions from the GPU to the CPU: a condition computed on the GPU blocks the host at each
 * `Switch` until it is read back. Nearly all conditions depend only on a few fed numbers; copies of their
 * nodes compute them on the CPU, and the originals are not run unless something else needs them. Conditions
 * that depend on the state are unchanged.
 */
export function withHostConditions(nodes: readonly GraphNode[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  // Nodes are in topological order.
  const fed = new Set<string>();
  for (const { name, op, inputs } of nodes) {
    const isGiven = op === 'Const' || op === 'Placeholder';
    const follows = inputs.length > 0 && inputs.every((input) => fed.has(nodeOf(input)));
    if (isGiven || follows) fed.add(name);
  }
  const copies = new Map<string, GraphNode>();

  /** The corresponding output of a node's copy on the CPU; placeholders are on the host anyway. */
  function onHost(output: string): string {
    const name = nodeOf(output);
    const node = byName.get(name);
    if (!node || node.op === 'Placeholder') return output;
    const copy = `${name}/on_host`;
    if (!copies.has(name)) {
      const inputs = node.inputs.map(onHost);
      copies.set(name, { ...node, name: copy, inputs, device: '/device:CPU:0' });
    }
    return output.replace(name, copy);
  }

  const switched = nodes.map((node) => {
    const [value = '', condition = ''] = node.inputs;
    if (node.op !== 'Switch' || !fed.has(nodeOf(condition))) return node;
    return { ...node, inputs: [value, onHost(condition)] };
  });
  return [...switched, ...copies.values()];
}
