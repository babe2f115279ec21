import type { OnnxSession, Onnxruntime, SessionOptions } from '../../backend/onnxruntime/load.js';
import { UserError } from '../../errors.js';

/** An ONNX file in onnxruntime. */
export interface Session {
  /**
   * @param images shape [batch, height, width, channels]
   * @returns the values of each output, by name
   */
  run(images: Float32Array): Promise<Readonly<Record<string, ArrayLike<number>>>>;
  release(): Promise<void>;
}

/**
 * Load an ONNX file.
 *
 * @param what name of the file, for error messages
 * @param imageShape height, width, channels
 * @throws UserError if onnxruntime does not load it
 */
export async function openSession(
  ort: Onnxruntime,
  file: Uint8Array,
  options: SessionOptions,
  what: string,
  imageShape: readonly number[],
): Promise<Session> {
  let session: OnnxSession;
  try {
    session = await ort.InferenceSession.create(file, { logSeverityLevel: 3, ...options });
  } catch (cause) {
    throw new UserError(`${what}: onnxruntime cannot load it: ${(cause as Error).message}`, 1, {
      cause,
    });
  }
  const [height = NaN, width = NaN, channels = NaN] = imageShape;
  return {
    async run(images) {
      const pixels = height * width;
      const count = images.length / (pixels * channels);
      const first = channelsFirst(images, pixels, channels);
      const input = new ort.Tensor('float32', first, [count, channels, height, width]);
      const found = await session.run({ images: input });
      return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
    },
    release: () => session.release(),
  };
}

function channelsFirst(images: Float32Array, pixels: number, channels: number): Float32Array {
  const moved = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += pixels * channels) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        moved[image + channel * pixels + pixel] = images[image + pixel * channels + channel] ?? NaN;
      }
    }
  }
  return moved;
}
