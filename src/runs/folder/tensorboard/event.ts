import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Scalar } from './scalars.js';

/**
 * TensorBoard's `Event` messages, field by field: of `Event`, 1 is wall_time, 2 step, 3 file_version,
 * 5 summary, 7 session_log; of `SessionLog`, 1 is status; of `Summary`, 1 is value; of `Summary.Value`, 1 is tag, 2 simple_value. Fields are
 * written in the order of their numbers, as TensorFlow does.
 *
 * Source: event.proto and summary.proto at github.com/tensorflow/tensorboard, tensorboard/compat/proto.
 */

/**
 * The event that a file begins with.
 *
 * @param wallTime seconds since 1970
 */
export function versionEvent(wallTime: number): Uint8Array {
  return startEvent(wallTime).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish();
}

/**
 * The event that a file of a run that goes on begins with: TensorBoard forgets what earlier files have
 * of this step and later ones.
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
 * An event with the scalars of a step, each as the nearest float32.
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
    // Rounded here, which makes infinity of what is too large; the writer would refuse it.
    writer.tag(2, WireType.Bit32).float(Math.fround(value));
    writer.join();
  }
  return writer.join().finish();
}

function startEvent(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
}
