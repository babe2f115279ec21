/** What a step reads or gives. */
export interface Value {
  /** In the graph, channels first; undefined: all channels are dropped, and nothing is computed. */
  readonly name: string | undefined;
  /** Of one image, channels last, as everywhere else; or one axis once it is flat. */
  readonly shape: readonly number[];
}

/** The same axes with channels first, as ONNX has them. */
export function channelsFirst(shape: readonly number[]): number[] {
  return [...shape.slice(-1), ...shape.slice(0, -1)];
}
