import { findNativeBackend } from '../../src/compile/native-backend.js';
import type { Measured } from '../step.js';
import type { ProfilerAddon, SessionRun } from './addon.js';

/** A training step's measurements. */
export interface TimedStep {
  readonly ms: number;
  /** Processor time of all threads. */
  readonly processorMs: number;
  readonly batchMs: number;
  /** Time in tfjs-node's binding, including TensorFlow's session. */
  readonly bindingMs: number;
  /** Number of calls of each of the binding's functions. */
  readonly calls: Readonly<Record<string, number>>;
  readonly run: SessionRun;
}

/** Take a step with or without a trace. */
export function timedStep(
  program: Measured,
  addon: ProfilerAddon,
  { isTraced }: { isTraced: boolean },
): TimedStep {
  const binding = watchBinding();
  try {
    addon.takeRuns();
    addon.setTracing(isTraced);
    const processor = process.cpuUsage();
    const start = performance.now();
    const batch = program.nextBatch();
    const afterBatch = performance.now();
    program.train(batch);
    const end = performance.now();
    const { user, system } = process.cpuUsage(processor);
    const [run, ...more] = addon.takeRuns();
    if (!run || more.length > 0) {
      throw new Error(`a step ran ${run ? more.length + 1 : 0} sessions; expected 1`);
    }
    return {
      ms: end - start,
      processorMs: (user + system) / 1000,
      batchMs: afterBatch - start,
      bindingMs: binding.ms,
      calls: binding.calls,
      run,
    };
  } finally {
    addon.setTracing(false);
    binding.stop();
  }
}

type Call = (...given: unknown[]) => unknown;

/** Count and time the calls of tfjs-node's binding, until stopped. */
function watchBinding() {
  const backend = findNativeBackend();
  if (!backend) throw new Error('a profile needs native TensorFlow');
  const { binding } = backend;
  const calls: Record<string, number> = {};
  const watched = {
    ms: 0,
    calls,
    stop() {
      Object.assign(backend, { binding });
    },
  };
  const functions = Object.getOwnPropertyNames(binding)
    .map((name) => [name, Reflect.get(binding, name) as unknown] as const)
    .filter(([, value]) => typeof value === 'function')
    .map(([name, value]) => [name, { value: counted(name, value as Call) }] as const);
  Object.assign(backend, {
    binding: Object.create(binding, Object.fromEntries(functions)) as typeof binding,
  });
  return watched;

  function counted(name: string, call: Call): Call {
    return (...given) => {
      const start = performance.now();
      try {
        return call(...given);
      } finally {
        watched.ms += performance.now() - start;
        calls[name] = (calls[name] ?? 0) + 1;
      }
    };
  }
}
