import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A tensor that a kernel made. */
export interface Output {
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** A kernel's run. Times are nanoseconds since 1970. */
export interface KernelRun {
  readonly node: string;
  readonly op: string;
  /** Names of the nodes whose outputs it reads, with the output's index unless it is 0. */
  readonly inputs: readonly string[];
  /** By index. Outputs that nothing reads, or of a `Switch` branch not taken, may be missing. */
  readonly outputs: readonly (Output | undefined)[];
  readonly thread: number;
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * The kernels in a `RunMetadata` message, ordered by start. Field numbers: in `RunMetadata`, 1 is step_stats;
 * in `StepStats`, 1 is dev_stats; in `DeviceStepStats`, 1 is device and 2 node_stats.
 *
 * Source: step_stats.proto, tensor_description.proto and config.proto in tensorflow/core.
 */
export function kernelRuns(metadata: Uint8Array): KernelRun[] {
  const runs: KernelRun[] = [];
  read(metadata, {
    1: (stepStats) => {
      read(stepStats.bytes(), {
        1: (device) => {
          read(device.bytes(), {
            2: (node) => {
              runs.push(kernelRun(node.bytes()));
            },
          });
        },
      });
    },
  });
  return runs.sort((a, b) => Number(a.start - b.start));
}

/**
 * `NodeExecStats`: 1 is node_name, 7 output, 8 timeline_label, 10 thread_id, 13 all_start_nanos, and relative
 * to that 14 op_start_rel_nanos and 15 op_end_rel_nanos.
 */
function kernelRun(message: Uint8Array): KernelRun {
  let [node, label, thread] = ['', '', 0];
  let [from, start, end] = [0n, 0n, 0n];
  const outputs: (Output | undefined)[] = [];
  read(message, {
    1: (field) => (node = field.string()),
    7: (field) => {
      const { slot, output } = nodeOutput(field.bytes());
      outputs[slot] = output;
    },
    8: (field) => (label = field.string()),
    10: (field) => (thread = field.uint32()),
    13: (field) => (from = BigInt(field.int64())),
    14: (field) => (start = BigInt(field.int64())),
    15: (field) => (end = BigInt(field.int64())),
  });
  // Such as "[mklcpu 9.4MB 9.4MB] node = Op(input, other:1, ^control)"; the allocator's part may be missing.
  const [, op, inputs = ''] = /(?:^|\s)\S+ = (\w+)\((.*)\)/s.exec(label) ?? [];
  if (op === undefined)
    throw new Error(`a kernel's label is ${label}; expected "node = Op(inputs)"`);
  return {
    node,
    op,
    inputs: inputs.split(/,\s*/).filter((name) => name !== '' && !name.startsWith('^')),
    outputs,
    thread,
    start: from + start,
    end: from + end,
  };
}

/**
 * `NodeOutput`: 1 is slot, 3 tensor_description, in which 1 is dtype and 2 shape; in a shape, 2 is dim, with
 * 1 its size.
 */
function nodeOutput(message: Uint8Array): { slot: number; output: Output } {
  let [slot, dtype] = [0, 0];
  const shape: number[] = [];
  read(message, {
    1: (field) => (slot = field.int32()),
    3: (description) => {
      read(description.bytes(), {
        1: (field) => (dtype = field.int32()),
        2: (dims) => {
          read(dims.bytes(), {
            2: (dim) => {
              let size = 0;
              read(dim.bytes(), { 1: (field) => (size = Number(field.int64())) });
              shape.push(size);
            },
          });
        },
      });
    },
  });
  const bytes = shape.reduce((a, b) => a * b, bytesOf(dtype));
  return { slot, output: { shape, bytes } };
}

/**
 * Element size by TensorFlow's `DataType`: 10 is bool, 2 double, 9 int64, 4 uint8; all others here have four
 * bytes.
 */
function bytesOf(dtype: number): number {
  return { 2: 8, 4: 1, 9: 8, 10: 1 }[dtype] ?? 4;
}

/** Read a message's fields that `fields` has a function for; skip others. */
function read(
  message: Uint8Array,
  fields: Readonly<Record<number, (reader: BinaryReader) => unknown>>,
): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const take = fields[number];
    if (take) take(reader);
    else reader.skip(type, number);
  }
}
