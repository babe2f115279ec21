import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { refuseToRunOut, startWasm } from '../../src/backend/wasm.js';
import { randomStream } from '../../src/random.js';

/** Compares each kernel with the plain JavaScript backend, and checks that it leaks no tensors. */
beforeAll(async () => {
  await startWasm();
  // Otherwise the plain JavaScript backend advises installing another.
  tf.env().set('PROD', true);
});

type Inputs = readonly tf.Tensor[];

/** The output of an op on a backend for normally distributed inputs of these shapes. */
async function computed(
  backend: 'wasm' | 'cpu',
  shapes: readonly number[][],
  run: (inputs: Inputs) => tf.Tensor[],
): Promise<{ dtype: string; shape: number[]; values: number[] }[]> {
  await tf.setBackend(backend);
  const stream = randomStream(7, 'kernels');
  const inputs = shapes.map((shape) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
      shape,
    ),
  );
  const { numTensors, numBytes } = tf.memory();
  const outputs = tf.tidy(() => run(inputs));
  const found = outputs.map((tensor) => ({
    dtype: tensor.dtype,
    shape: tensor.shape,
    values: Array.from(tensor.dataSync()),
  }));
  tf.dispose(outputs);
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  tf.dispose(inputs);
  return found;
}

async function expectSame(
  shapes: readonly number[][],
  run: (inputs: Inputs) => tf.Tensor[],
): Promise<void> {
  const expected = await computed('cpu', shapes, run);
  const found = await computed('wasm', shapes, run);
  expect(found.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(
    expected.map(({ dtype, shape }) => ({ dtype, shape })),
  );
  found.forEach(({ values }, output) => {
    const others = expected[output]?.values ?? [];
    const largest = Math.max(...others.map(Math.abs), 1e-30);
    const errors = values.map((value, at) => Math.abs(value - (others[at] ?? NaN)) / largest);
    expect(
      errors.findIndex((error) => !(error <= 1e-5)),
      `output ${output}`,
    ).toBe(-1);
  });
}

/** The gradients of an op's sum of squares for all inputs. */
const gradients =
  (op: (...inputs: tf.Tensor[]) => tf.Tensor) =>
  (inputs: Inputs): tf.Tensor[] =>
    tf.grads((...inputs) => tf.sum(tf.square(op(...inputs))))([...inputs]);

describe('the gradients of a convolution', () => {
  const cases = [1, 3, 8, 9].flatMap((channels) =>
    [1, 2].flatMap((stride) =>
      (['same', 'valid', 2] as const).flatMap((pad) =>
        [1, 3, 5].map((kernel) => ({ channels, stride, pad, kernel })),
      ),
    ),
  );
  test.each(cases)(
    '$channels channels, stride $stride, $pad, $kernel x $kernel',
    async ({ channels, stride, pad, kernel }) => {
      // One even and one odd side, so that a stride skips pixels of one of them.
      const shapes = [
        [2, 9, 8, channels],
        [kernel, kernel, channels, 5],
      ];
      await expectSame(
        shapes,
        gradients((x, filter) =>
          tf.conv2d(
            x as tf.Tensor4D,
            filter as tf.Tensor4D,
            stride,
            pad,
            'NHWC',
            1,
            pad === 2 ? 'floor' : undefined,
          ),
        ),
      );
    },
  );

  test('of more images than fit in one matrix product', () =>
    expectSame(
      [
        [70, 14, 14, 8],
        [3, 3, 8, 16],
      ],
      gradients((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')),
    ));
});

describe('the gradient of max pooling', () => {
  test.each([
    [2, 2],
    [3, 2],
    [2, 3],
  ])('windows of %i, stride %i', (size, stride) =>
    expectSame(
      [[3, 11, 12, 5]],
      gradients((x) => tf.maxPool(x as tf.Tensor4D, size, stride, 'valid')),
    ),
  );

  test('goes to the first of equal maxima', async () => {
    await tf.setBackend('wasm');
    const dx = tf.grad((x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(
      tf.tensor4d([0, 0, 1, 2, 0, 0, 2, 2], [1, 2, 4, 1]),
    );
    expect(Array.from(dx.dataSync())).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
    dx.dispose();
  });
});

test.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('matrix products, transposed: %s, %s', (first, second) =>
  expectSame([first ? [30, 7] : [7, 30], second ? [40, 30] : [30, 40]], ([a, b]) => {
    const product = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, first, second);
    return [product(a as tf.Tensor, b as tf.Tensor), ...gradients(product)([a, b] as tf.Tensor[])];
  }),
);

test('sums over leading, trailing and all axes', () =>
  expectSame([[3, 4, 5, 6]], ([x]) =>
    [undefined, [0], [0, 1, 2], [0, 1, 2, 3], [1, 2], [-1]].flatMap((axes) => [
      tf.sum(x as tf.Tensor, axes),
      tf.sum(x as tf.Tensor, axes, true),
    ]),
  ));

test('a sum of millions of numbers is accurate to float32', async () => {
  await tf.setBackend('wasm');
  const count = 2 ** 22;
  const expected = count * Math.fround(0.1);
  const sums = [undefined, 0].flatMap((axis) => {
    const sum = tf.tidy(() => tf.sum(tf.fill([count, 2], 0.1), axis));
    const values = Array.from(sum.dataSync());
    sum.dispose();
    return values;
  });
  [2 * expected, expected, expected].forEach((sum, index) => {
    expect((sums[index] ?? NaN) / sum).toBeCloseTo(1, 7);
  });
});

test('one-hot vectors of every type', () =>
  expectSame([], () =>
    (['float32', 'int32', 'bool'] as const).map((dtype) =>
      tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 4, 1, 0, dtype),
    ),
  ));

test('a copy shares its data, which lives as long as either tensor', async () => {
  await tf.setBackend('wasm');
  const one = tf.tensor1d([1, 2, 3]);
  const other = tf.clone(one);
  one.dispose();
  expect(Array.from(other.dataSync())).toEqual([1, 2, 3]);
  other.dispose();
});

test('running out of memory is an error that says what to do', () => {
  let next = 1000;
  const allocate = (bytes: number) => (bytes > 2 ** 31 ? 0 : (next += bytes) - bytes) | 0;
  // As in Emscripten, the first call replaces the stub by the function.
  const wasm = {
    _malloc: (bytes: number) => (wasm._malloc = allocate)(bytes),
    _free: () => undefined,
  };
  refuseToRunOut({ wasm });
  const message = /out of memory.*4 GB.*batchSize.*backend install/;
  expect(wasm._malloc(60)).toBe(1001);
  expect(wasm._malloc(0)).toBe(1061);
  expect(() => wasm._malloc(2 ** 31 + 1)).toThrow(message);
  // Addresses above 2 GiB are negative; the last 256 MiB are reserved for the kernels.
  expect(wasm._malloc(2 ** 31)).toBe(1061);
  expect(wasm._malloc(2 ** 30)).toBeLessThan(0);
  expect(() => wasm._malloc(2 ** 30)).toThrow(message);
});

test('the backend’s own allocation throws, also after its first call', async () => {
  await tf.setBackend('wasm');
  tf.dispose(tf.tensor1d([1, 2, 3]));
  const { wasm } = tf.backend() as unknown as Parameters<typeof refuseToRunOut>[0];
  expect(() => wasm._malloc(2 ** 32 - 2 ** 10)).toThrow(/out of memory/);
});
