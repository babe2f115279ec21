/** An array for a safetensors file, in row-major order. */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/**
 * The bytes of a safetensors file: the length of the header as 64 bits, a JSON header with each
 * tensor's type, shape and place, the values in little endian.
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
  // Wider types first, which aligns all of them.
  const sorted = Object.entries(tensors).sort(
    ([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT,
  );
  for (const [name, { shape, values }] of sorted) {
    const dtype = values instanceof Float64Array ? 'F64' : 'F32';
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
