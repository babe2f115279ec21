import { create } from '@bufbuild/protobuf';
import {
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Whole numbers as ONNX stores them. */
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
  return tensor(DataType.FLOAT, shape, bytes);
}

/** Shapes, places and axes, which ONNX takes as tensors of 64-bit integers. */
export function indexTensor(values: readonly number[]): TensorProto {
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, at) => {
    bytes.setBigInt64(8 * at, BigInt(value), true);
  });
  return tensor(DataType.INT64, [values.length], bytes);
}

/**
 * Integers of 2 to 16 bits, in two's complement where signed. Those of less than a byte are packed from its
 * lowest bits on, and the last byte is filled with zeros.
 *
 * Source: TensorProto.raw_data in onnx.proto.
 *
 * @throws Error for a number that the type does not hold
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
  const bytes = new DataView(new ArrayBuffer(Math.ceil((numbers.length * bits) / 8)));
  numbers.forEach((value, at) => {
    if (bits === 16) bytes.setUint16(2 * at, value & 0xffff, true);
    else {
      const firstBit = at * bits;
      const byte = firstBit >> 3;
      const own = value & (2 ** bits - 1);
      bytes.setUint8(byte, bytes.getUint8(byte) | (own << (firstBit & 7)));
    }
  });
  return tensor(dataTypes[`${signed ? 'int' : 'uint'}${bits}`], shape, bytes);
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

function tensor(dataType: DataType, shape: readonly number[], bytes: DataView): TensorProto {
  return create(TensorProtoSchema, {
    dataType,
    dims: shape.map(BigInt),
    rawData: new Uint8Array(bytes.buffer),
  });
}
