import { installOnnxruntime } from '../../backend/onnxruntime/install.js';
import { loadOnnxruntime, type SessionOptions } from '../../backend/onnxruntime/load.js';
import { version } from '../../backend/onnxruntime/recipe.js';
import { thisMachine } from '../../backend/install/machine.js';
import type { Reporter } from '../../backend/install/reporter.js';
import { inScope } from '../../compile/scope.js';
import type { Split } from '../../data/dataset.js';
import { deploy } from '../../deployment/deploy.js';
import { exporter } from '../../deployment/exporters/onnx.js';
import { onnxFile, type Opset } from '../../deployment/onnx/opsets.js';
import { deviceTensors } from '../../nn/device-tensor.js';
import { product } from '../../nn/shapes.js';
import { foundClasses } from '../../training/found-classes.js';
import { testTimeCost } from '../../training/quantizer-state.js';
import type { RunData } from '../run-learner.js';
import type { StoredRun } from '../read-run.js';
import { accuracy, isAsAccurate } from './accuracy.js';
import { batchesOf, firstImages } from './batches.js';
import { evaluatedClasses } from './evaluated-classes.js';
import { explainDifferences, type Explained } from './explain-differences.js';
import { measureLatency, type Latency } from './latency.js';
import { openSession, type Session } from './sessions.js';

export interface CheckOptions {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly opset?: Opset | undefined;
}

/** Evaluation of an exported file in onnxruntime, as plain data. */
export interface ExportCheck {
  readonly onnxruntime: string;
  readonly dataset: string;
  readonly images: number;
  readonly evaluatedAccuracyPercent: number;
  /** Computed operator by operator, as ONNX defines them. */
  readonly asWritten: FileResult;
  /** The images classified differently from the evaluation, each with the reason. */
  readonly explained: readonly Explained[];
  /** Graph optimization of all sessions: onnxruntime's default, or the highest level that loads the file. */
  readonly level: 'default' | 'basic';
  /** With onnxruntime's default settings. */
  readonly usual: FileResult & Latency;
  /** With settings that make products exact; undefined if not needed. */
  readonly exactProducts: FileResult | undefined;
  readonly fullPrecision: Latency;
  readonly batch: number;
  readonly relativeBopsPercent: number;
  readonly gbops: number;
}

export interface FileResult {
  readonly accuracyPercent: number;
  /** Number of images classified differently from the evaluation. */
  readonly otherClass: number;
  /** Whether its accuracy matches the evaluation's; see `isAsAccurate`. */
  readonly isAsAccurate: boolean;
}

/** Batch size for measuring latency. */
const latencyBatch = 128;

const asWrittenOptions = { extra: { session: { disable_quant_qdq: '1' } } };
const exactOptions = {
  extra: { session: { x64quantprecision: '1', qdq_matmulnbits_accuracy_level: '1' } },
};

/**
 * Evaluate an exported ONNX file on the run's test images in onnxruntime, which is installed if missing.
 *
 * @param path path of the file, for error messages
 * @param data the run's data; its backend must be running
 * @throws UserError if onnxruntime cannot be installed or does not load the file
 */
export async function checkExport(
  run: StoredRun,
  file: Uint8Array,
  path: string,
  { dataset, splits }: RunData,
  { reporter, signal, opset }: CheckOptions,
): Promise<ExportCheck> {
  const machine = thisMachine();
  const ort = loadOnnxruntime(await installOnnxruntime({ machine, reporter, signal }));
  reporter.stage('Evaluating the run, and the file in onnxruntime');
  const test = splits.test as Split;
  const { count, labels } = test;
  const { imageShape } = run.plan;
  const evaluated = await evaluatedClasses(run, dataset, test, signal);
  // 2-bit integers need level basic; full precision uses the same level, so that latencies are comparable.
  const level = opset === 25 ? 'basic' : 'default';
  const ofLevel: SessionOptions = level === 'default' ? {} : { graphOptimizationLevel: level };
  const open = (bytes: Uint8Array, options: SessionOptions = {}, what = path) =>
    openSession(ort, bytes, { ...ofLevel, ...options }, what, imageShape);
  const classesIn = (session: Session) =>
    fileClasses(session, batchesOf(dataset, test), dataset.classes, signal);
  const resultOf = (found: readonly number[]): FileResult => ({
    accuracyPercent: accuracy(found, labels),
    otherClass: found.filter((each, image) => each !== evaluated[image]).length,
    isAsAccurate: isAsAccurate(found, evaluated, labels),
  });

  const written = await using(open(file, asWrittenOptions), classesIn);
  const explained = await explainDifferences({
    run,
    file,
    batches: batchesOf(dataset, test),
    evaluated,
    found: written,
    open: (bytes) => open(bytes, asWrittenOptions),
    signal,
  });
  const latencyImages = firstImages(dataset, test, latencyBatch);
  const latencyOf = (session: Session) =>
    measureLatency(session, latencyImages, product(imageShape));
  const usual = await using(open(file), async (session) => ({
    ...resultOf(await classesIn(session)),
    ...(await latencyOf(session)),
  }));
  const exactProducts = usual.isAsAccurate
    ? undefined
    : resultOf(await using(open(file, exactOptions), classesIn));
  const { relativeBopsPercent, gbops } = testTimeCost(run.plan, run.quantizers);
  return {
    onnxruntime: version,
    dataset: dataset.name,
    images: count,
    evaluatedAccuracyPercent: accuracy(evaluated, labels),
    asWritten: resultOf(written),
    explained,
    level,
    usual,
    exactProducts,
    fullPrecision: await using(
      open(fullPrecisionFile(run), {}, 'the network in full precision'),
      latencyOf,
    ),
    batch: Math.min(latencyBatch, count),
    relativeBopsPercent,
    gbops,
  };
}

async function using<T>(opening: Promise<Session>, work: (session: Session) => Promise<T>) {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

async function fileClasses(
  session: Session,
  batches: Iterable<Float32Array>,
  classes: number,
  signal: AbortSignal,
): Promise<number[]> {
  const found: number[] = [];
  for (const images of batches) {
    signal.throwIfAborted();
    const { logits } = await session.run(images);
    if (!logits) throw new Error('check: the file has no output named logits');
    found.push(...foundClasses(Float32Array.from(logits), classes));
  }
  return found;
}

/** The network with all channels and no rounding, the reference for relative bit operations. */
function fullPrecisionFile(run: StoredRun): Uint8Array {
  const deployed = inScope(() => deploy(run.plan, deviceTensors(run.weights), new Map()));
  const files = exporter(deployed, run.record, {});
  return files[onnxFile] as Uint8Array;
}
