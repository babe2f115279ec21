import type { KernelRun } from './step-stats.js';

/**
 * A step in the Trace Event Format of chrome://tracing and ui.perfetto.dev: a bar for each kernel, a row for
 * each thread.
 *
 * @param start nanoseconds since 1970, which becomes 0
 */
export function chromeTrace(runs: readonly KernelRun[], start: bigint): string {
  const microseconds = (from: bigint, to: bigint) => Number(to - from) / 1000;
  const traceEvents = runs.map(({ node, op, inputs, outputs, thread, start: begun, end }) => ({
    name: op,
    cat: 'kernel',
    ph: 'X',
    ts: microseconds(start, begun),
    dur: microseconds(begun, end),
    pid: 1,
    tid: thread,
    args: {
      node,
      inputs: inputs.join(', '),
      outputs: outputs.map((output) => (output ? `[${output.shape.join(',')}]` : '')).join(' '),
    },
  }));
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents }, null, 1)}\n`;
}
