import { z } from 'zod';
import { UserError } from '../errors.js';

/** An array of a safetensors file, row-major. */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int8Array | Int16Array | Uint8Array;
}

/** The supported types, by their names in the format. */
const types = {
  F64: Float64Array,
  F32: Float32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;
type TypeName = keyof typeof types;
const typeNames = Object.keys(types) as TypeName[];

/**
 * Encode a safetensors file: the header's length as a 64-bit integer, a JSON header with each tensor's type,
 * shape and offsets, and the values in little-endian order.
 *
 * Source: the format's description at github.com/huggingface/safetensors.
 *
 * @param metadata texts about the file
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, object> = { __metadata__: metadata };
  let end = 0;
  // Wider types first, which aligns every tensor.
  const sorted = Object.entries(tensors).sort(
    ([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT,
  );
  for (const [name, { shape, values }] of sorted) {
    const dtype = typeNames.find((name) => values instanceof types[name]);
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const text = new Uint8Array(8 * Math.ceil(json.length / 8)).fill(space);
  text.set(json);

  const bytes = new Uint8Array(8 + text.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const [, { values }] of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

const space = 0x20;

const headerSchema = z.record(
  z.string(),
  z.strictObject({
    dtype: z.enum(typeNames),
    shape: z.array(z.int().min(0)).max(8),
    data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
);

/**
 * Decode an untrusted safetensors file: every offset and shape is checked against the available bytes.
 *
 * @param path for messages
 * @throws UserError if it is invalid or contains unsupported types
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): Map<string, SafeTensor> {
  const damaged = (found: string) =>
    new UserError(
      `${path}: expected a safetensors file, found ${found}. The file is damaged: make or get it again.`,
    );
  if (bytes.length < 8) throw damaged(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) {
    throw damaged(`a header of ${length} bytes in a file of ${bytes.length}`);
  }
  const data = 8 + Number(length);
  const tensors = new Map<string, SafeTensor>();
  for (const [name, entry] of Object.entries(headerOf(bytes.subarray(8, data), damaged))) {
    const [from, to] = entry.data_offsets;
    const type = types[entry.dtype];
    const size = entry.shape.reduce((product, axis) => product * axis, 1);
    if (from > to || to > bytes.length - data || to - from !== size * type.BYTES_PER_ELEMENT) {
      throw damaged(`offsets of "${name.slice(0, 60)}" that do not fit its shape or the file`);
    }
    // Copied (a Buffer's slice would not copy), because the data may be unaligned in the file.
    const own = Uint8Array.from(bytes.subarray(data + from, data + to)).buffer;
    tensors.set(name, { shape: entry.shape, values: new type(own) });
  }
  return tensors;
}

function headerOf(
  bytes: Uint8Array,
  damaged: (found: string) => UserError,
): z.output<typeof headerSchema> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('a header that is not JSON');
  }
  if (typeof header !== 'object' || header === null)
    throw damaged('a header that is not an object');
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const { success, data, error } = headerSchema.safeParse(Object.fromEntries(tensors));
  if (success) return data;
  throw damaged(`a header with ${z.prettifyError(error).replaceAll('\n', ' ').slice(0, 200)}`);
}
