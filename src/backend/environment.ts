import { availableParallelism } from 'node:os';
import { instructionSet } from './cpu.js';
import { bestOneDnn, oneDnnVariable, type OneDnn } from './onednn.js';

export interface EnvironmentRequest {
  /** TensorFlow's threads; default: as many as this process may use. */
  readonly threads?: number | undefined;
  /** Let TensorFlow write its own log to stderr. */
  readonly tensorflowLogs?: boolean | undefined;
  /** `none`: a CPU build; `used`: a CUDA build on a GPU; `hidden`: a CUDA build on the CPU. */
  readonly gpu: 'none' | 'used' | 'hidden';
  /** Default: the fastest on this CPU. */
  readonly oneDnn?: OneDnn | undefined;
  /** Whether a GPU may multiply with TF32; default: true. */
  readonly tf32?: boolean | undefined;
}

/**
 * Environment variables for TensorFlow to read when it is loaded. Variables that the user has set in `env`
 * take precedence and are left out of the result, except XLA_FLAGS, to which a flag may be added.
 *
 * Both thread pools are set: kernels split their work over the intra-op threads, whose number determines the
 * order of summation and thus the last bits of a result; independent ops of a graph run on the inter-op
 * threads, by default one per core. OMP_NUM_THREADS is for Arm builds.
 */
export function tensorflowEnvironment(
  request: EnvironmentRequest,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const threads =
    env['TF_NUM_INTRAOP_THREADS'] ?? String(request.threads ?? availableParallelism());
  const wanted: Record<string, string> = {
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: threads,
    OMP_NUM_THREADS: threads,
    // TensorFlow would otherwise allocate all GPU memory at once and leave none for a second job.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
  const oneDnn = request.oneDnn ?? bestOneDnn(instructionSet());
  if (oneDnn !== 'tensorflow') wanted[oneDnnVariable] = oneDnn === 'on' ? '1' : '0';
  if (request.tensorflowLogs !== true) wanted['TF_CPP_MIN_LOG_LEVEL'] = '3';
  if (request.gpu === 'used') wanted['TF_DETERMINISTIC_OPS'] = '1';
  const isTf32Off = request.gpu === 'used' && request.tf32 === false;
  if (isTf32Off) wanted[tf32Variable] = '0';
  if (request.gpu === 'hidden') wanted['CUDA_VISIBLE_DEVICES'] = '-1';
  return {
    ...Object.fromEntries(Object.entries(wanted).filter(([name]) => env[name] === undefined)),
    ...(isTf32Off ? withoutTritonGemm(env) : {}),
  };
}

const tf32Variable = 'NVIDIA_TF32_OVERRIDE';

const tritonGemm = '--xla_gpu_enable_triton_gemm';

/**
 * NVIDIA's libraries obey NVIDIA_TF32_OVERRIDE. Matrix products that XLA compiles itself have no such switch,
 * so XLA must leave them to these libraries, unless the user's own flags decide.
 */
function withoutTritonGemm({ XLA_FLAGS: flags = '' }: NodeJS.ProcessEnv): { XLA_FLAGS?: string } {
  return flags.includes(tritonGemm) ? {} : { XLA_FLAGS: `${flags} ${tritonGemm}=false`.trim() };
}

/** Whether a GPU may multiply with TF32 in a process with this environment. */
export function tf32In(env: NodeJS.ProcessEnv): boolean {
  return env[tf32Variable] !== '0';
}

/** The number of threads that TensorFlow uses in a process with this environment; 0 or unset: all. */
export function threadsOf(env: NodeJS.ProcessEnv): number {
  return Number(env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
}
