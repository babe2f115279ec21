import { create } from '@bufbuild/protobuf';
import { packed } from '../packing.js';
import {
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Integer types of ONNX. */
export interface IntegerType {
  readonly bits: 2 | 4 | 8 | 16;
  readonly signed: boolean;
}

export function floatTensor(shape: readonly number[], values: Iterable<number>): TensorProto {
  const numbers = [...values];
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, at) => {
    bytes.setFloat32(4 * at, value, true);
  });
  return tensor(DataType.FLOAT, shape, new Uint8Array(bytes.buffer));
}

/** Shapes, indices and axes, which ONNX takes as int64 tensors. */
export function indexTensor(values: readonly number[]): TensorProto {
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, at) => {
    bytes.setBigInt64(8 * at, BigInt(value), true);
  });
  return tensor(DataType.INT64, [values.length], new Uint8Array(bytes.buffer));
}

/**
 * Integers of 2 to 16 bits, in two's complement if signed; see `packed`.
 *
 * Source: TensorProto.raw_data in onnx.proto.
 *
 * @throws Error for a number out of range
 */
export function integerTensor(
  shape: readonly number[],
  values: Iterable<number>,
  type: IntegerType,
): TensorProto {
  const { bits, signed } = type;
  const numbers = [...values];
  const lowest = signed ? -(2 ** (bits - 1)) : 0;
  const outside = numbers.find(
    (n) => !Number.isInteger(n) || n < lowest || n >= lowest + 2 ** bits,
  );
  if (outside !== undefined) {
    throw new Error(
      `onnx: ${outside} is not ${signed ? 'a signed' : 'an unsigned'} ${bits}-bit integer`,
    );
  }
  return tensor(dataTypes[`${signed ? 'int' : 'uint'}${bits}`], shape, packed(numbers, bits));
}

const dataTypes = {
  int2: DataType.INT2,
  uint2: DataType.UINT2,
  int4: DataType.INT4,
  uint4: DataType.UINT4,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  int16: DataType.INT16,
  uint16: DataType.UINT16,
} as const;

function tensor(dataType: DataType, shape: readonly number[], rawData: Uint8Array): TensorProto {
  return create(TensorProtoSchema, {
    dataType,
    dims: shape.map(BigInt),
    rawData,
  });
}
