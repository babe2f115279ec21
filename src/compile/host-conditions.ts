import { nodeOf, type GraphNode } from './graph.js';

/**
 * The graph for a GPU, on which a condition that is computed there stops the host at each `Switch` until it is
 * read back. Nearly all conditions follow from the few numbers that a step is fed; those are computed on the CPU,
 * by copies of the nodes that lead to them, so that none of them crosses. What only they needed is not run any more.
 * Conditions that follow from the state, or from what is computed with it, stay as they are.
 */
export function withHostConditions(nodes: readonly GraphNode[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  // A node comes after those that it reads.
  const fed = new Set<string>();
  for (const { name, op, inputs } of nodes) {
    const isGiven = op === 'Const' || op === 'Placeholder';
    const follows = inputs.length > 0 && inputs.every((input) => fed.has(nodeOf(input)));
    if (isGiven || follows) fed.add(name);
  }
  const copies = new Map<string, GraphNode>();

  /** The same output of the node's copy; what is fed is on the host in any case. */
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
