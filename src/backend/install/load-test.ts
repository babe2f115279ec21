import { z } from 'zod';
import { UserError } from '../../errors.js';
import { howEnded, lastLines, run } from '../../commands/child.js';
import { tensorflowEnvironment, type EnvironmentRequest } from '../environment.js';

/**
 * Multiply two small matrices with the binding, in a separate process, since a broken library can kill its
 * process silently. The script is plain CommonJS, which every Node runs from the command line.
 */
const script = `
try {
  const binding = require(process.argv[1]);
  const matrix = (values) => binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array(values));
  const attributes = [
    { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ];
  let kernelsFailure;
  try {
    if (process.argv[2]) require(process.argv[2]);
  } catch (error) {
    kernelsFailure = error.message;
  }
  const [product] = binding.executeOp('MatMul', attributes, [matrix([1, 2, 3, 4]), matrix([5, 6, 7, 8])], 1);
  process.stdout.write(JSON.stringify({
    version: binding.TF_Version,
    usesGpu: binding.isUsingGpuDevice(),
    kernelsFailure,
    product: [...binding.tensorDataSync(product.id)],
  }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
`;

const answer = z.object({
  version: z.string(),
  usesGpu: z.boolean(),
  kernelsFailure: z.string().optional(),
  product: z.tuple([z.literal(19), z.literal(22), z.literal(43), z.literal(50)]),
});

export interface LoadTest {
  /** TensorFlow's version. */
  readonly version: string;
  readonly usesGpu: boolean;
  /** TensorFlow's log lines about the GPU, such as libraries not found. */
  readonly gpuLog: string[];
  /** Why bbits' own kernels do not load; undefined if they do or the build has none. */
  readonly kernelsFailure?: string;
}

/**
 * Load a binding and compute with it.
 *
 * @param kernels path of bbits' own kernels, which are also loaded; undefined if there are none
 * @throws UserError with the reason for a failure
 */
export async function loadTest(
  binding: string,
  gpu: EnvironmentRequest['gpu'],
  options: { env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
  kernels?: string,
): Promise<LoadTest> {
  const env = { ...options.env, ...tensorflowEnvironment({ gpu }, options.env) };
  // TensorFlow reports a missing CUDA library as a warning.
  if (gpu === 'used') env['TF_CPP_MIN_LOG_LEVEL'] = '1';
  const result = await run(
    process.execPath,
    ['-e', script, binding, ...(kernels ? [kernels] : [])],
    { ...options, env },
  );
  const parsed = result.code === 0 ? answer.safeParse(tryJson(result.stdout)) : undefined;
  if (parsed?.success !== true) {
    throw new UserError(
      `TensorFlow does not run with ${binding} (${howEnded(result)}). Last lines:\n${lastLines(result.stderr + result.stdout)}`,
    );
  }
  const { version, usesGpu, kernelsFailure } = parsed.data;
  const gpuLog = result.stderr.split('\n').filter((line) => /cuda|gpu|dlopen|dso/i.test(line));
  return { version, usesGpu, gpuLog, ...(kernelsFailure === undefined ? {} : { kernelsFailure }) };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
