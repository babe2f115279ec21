import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Scalar } from './scalars.js';

/**
 * TensorBoard's `Event` messages by field number. `Event`: 1 wall_time, 2 step, 3 file_version, 5 summary,
 * 7 session_log. `SessionLog`: 1 status. `Summary`: 1 value. `Summary.Value`: 1 tag, 2 simple_value. Fields
 * are written in ascending order, as TensorFlow does.
 *
 * Source: event.proto and summary.proto at github.com/tensorflow/tensorboard, tensorboard/compat/proto.
 */

/**
 * The first event of a file.
 *
 * @param wallTime seconds since 1970
 */
export function versionEvent(wallTime: number): Uint8Array {
  return startEvent(wallTime).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish();
}

/**
 * The event that starts a resumed run's file: TensorBoard discards this step and later ones from earlier
 * files.
 *
 * @param wallTime seconds since 1970
 */
export function startedAgainEvent(wallTime: number, step: number): Uint8Array {
  const writer = startEvent(wallTime).tag(2, WireType.Varint).int64(step);
  writer.tag(7, WireType.LengthDelimited).fork();
  return writer.tag(1, WireType.Varint).int32(sessionStart).join().finish();
}

/** SessionLog.START */
const sessionStart = 1;

/**
 * An event with one step's scalars, each rounded to float32.
 *
 * @param wallTime seconds since 1970
 */
export function scalarsEvent(
  wallTime: number,
  step: number,
  scalars: readonly Scalar[],
): Uint8Array {
  const writer = startEvent(wallTime).tag(2, WireType.Varint).int64(step);
  writer.tag(5, WireType.LengthDelimited).fork();
  for (const { tag, value } of scalars) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(tag);
    // fround turns values that are too large into infinity; the writer would reject them.
    writer.tag(2, WireType.Bit32).float(Math.fround(value));
    writer.join();
  }
  return writer.join().finish();
}

function startEvent(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
}
