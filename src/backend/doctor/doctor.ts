import { UserError } from '../../errors.js';
import { withTemporaryFile } from '../../files/temporary-file.js';
import { ownInstallation, type Installation } from '../../installation.js';
import { examineBuild, reinstall, type InstalledReport } from './builds.js';
import { judgeGpu } from './gpu.js';
import { bindingPath } from '../install/cache.js';
import { chooseBackend, type BackendName, type Choice } from '../choice.js';
import { findCompiler } from '../install/compiler.js';
import { requireScripts } from '../tfjs-node/has-scripts.js';
import { cpuModel } from '../cpu.js';
import { threadsOf } from '../environment.js';
import { gpuInUse, nvidiaGpuNames } from '../gpu.js';
import { adviceOnKernels, kernelsPath } from '../install/kernels.js';
import { loadTest, type LoadTest } from '../install/load-test.js';
import { thisMachine, type Machine } from '../install/machine.js';
import { findPip } from '../install/pip.js';
import type { BackendInfo } from '../info.js';
import { findPlatform, requireGlibc, supportedPlatform } from '../install/platform.js';
import { insteadOfNative } from '../slower.js';
import { installedBuilds } from '../start.js';
import { adviceOnXla } from '../install/xla-tools.js';
import { findOnnxruntime, type OnnxruntimeReport } from '../onnxruntime/install.js';

export interface Doctor {
  /** How bbits itself was installed. */
  readonly installation: Installation;
  readonly requested: BackendName;
  readonly platform: string;
  /** The backend that would serve the request; undefined if none can run. */
  readonly backend:
    | {
        name: BackendInfo['name'];
        /** TensorFlow's version; null with WebAssembly. */
        tensorflow: string | null;
        device: string;
        threads: number;
        /** The build's folder; null with WebAssembly, which is in node_modules. */
        folder: string | null;
      }
    | undefined;
  readonly installed: InstalledReport[];
  /** The runtime for checks of exported files; undefined until the first check downloads it. */
  readonly onnxruntime: OnnxruntimeReport | undefined;
  /** The version of pip and the name of the C++ compiler; undefined if not found. */
  readonly pip: string | undefined;
  readonly compiler: string | undefined;
  readonly gpu: {
    /** Whether there is an NVIDIA GPU with a driver. */
    found: boolean;
    names: string[];
    /** Whether TensorFlow computed on it. */
    used: boolean;
    /** TensorFlow's log about the GPU, if it was not used. */
    log: string[];
  };
  /** Problems that keep the request from running, each with the command that fixes it. */
  readonly problems: string[];
  /** Findings that do not keep the request from running. */
  readonly notes: string[];
}

/**
 * Examine everything that the backends need: compare every installed file with its SHA-256, and compute
 * with the build that the request would load, in a process of its own.
 */
export async function examine(
  requested: BackendName,
  options: { signal?: AbortSignal; machine?: Machine } = {},
): Promise<Doctor> {
  const machine = options.machine ?? thisMachine();
  const { env, root, hasGpu } = machine;
  const { signal } = options;
  const problems: string[] = [];
  const notes: string[] = [];
  const builds = await installedBuilds(root);
  const installed: InstalledReport[] = [];
  for (const build of builds) installed.push(await examineBuild(build, signal));
  const names = await nvidiaGpuNames(env);

  const chosenBackend = await attempt(problems, () => chooseBackend(requested, builds, hasGpu));
  const usesWasm = chosenBackend === 'wasm';
  const choice = chosenBackend === 'wasm' ? undefined : chosenBackend;
  // With WebAssembly, failures of native TensorFlow are only worth a note.
  await attempt(usesWasm ? notes : problems, requireNative);
  await attempt(usesWasm ? notes : problems, writeGraph);
  const tried = findPlatform()?.tried ?? 'run';
  if (tried !== 'run') {
    notes.push(
      `TensorFlow for ${platformId} has so far only been ${tried}, never run on such a machine.`,
    );
  }
  for (const one of installed.filter(({ damage }) => damage.length > 0)) {
    (one.folder === choice?.build.folder ? problems : notes).push(
      `The installed build in ${one.folder} is damaged (see above). ${reinstall(one)}`,
    );
  }
  if (choice) await attempt(problems, () => requireScripts(choice.build));
  const chosen = installed.find(({ folder }) => folder === choice?.build.folder);
  const test =
    choice === undefined || chosen === undefined || chosen.damage.length > 0
      ? undefined
      : await attempt(
          problems,
          () => {
            const { build, gpu } = choice;
            return loadTest(bindingPath(build), gpu, { env, signal }, kernelsPath(build));
          },
          `\n${reinstall(chosen)}`,
        );
  const wasm = usesWasm ? await attempt(problems, computeWithWasm) : undefined;
  if (usesWasm && requested === 'auto') notes.push(insteadOfNative(builds));
  if (test !== undefined) judgeGpu(requested, hasGpu, choice, test, problems, notes);
  const onKernels = choice && test && adviceOnKernels(choice.build, test);
  if (onKernels !== undefined) notes.push(onKernels);
  const onXla = choice && test?.usesGpu ? adviceOnXla(choice.build, env) : undefined;
  if (onXla !== undefined) notes.push(onXla);
  const pip = await findPip(env, signal);
  const compiler = await attempt(notes, () => findCompiler(env, signal));
  if (pip === undefined || pip.tooOld) {
    notes.push(
      `${pip === undefined ? 'Without pip' : 'With a pip this old'}, native TensorFlow can only be installed with --wheel; offline, --binding is needed as well.`,
    );
  }

  const onnxruntime = await findOnnxruntime(root, signal);
  if (onnxruntime && onnxruntime.damage.length > 0) {
    notes.push(
      `onnxruntime in ${onnxruntime.folder} is damaged: delete that folder, and the next check downloads it again.`,
    );
  }

  return {
    installation: ownInstallation(),
    requested,
    platform: platformId,
    backend: problems.length > 0 ? undefined : (wasm ?? nativeReport(choice, test, names, env)),
    installed,
    onnxruntime,
    pip: pip?.version,
    compiler: compiler?.name,
    gpu: { found: hasGpu, names, used: test?.usesGpu ?? false, log: test?.gpuLog ?? [] },
    problems,
    notes,
  };
}

const graphBytes = 20e6;

const platformId = `${process.platform}-${process.arch}`;

function requireNative(): void {
  supportedPlatform();
  requireGlibc();
}

/**
 * Write a temporary file as large as a deep network's graph: TensorFlow reads graphs from temporary files.
 */
function writeGraph(): void {
  withTemporaryFile('saved_model.pb', new Uint8Array(graphBytes), () => undefined);
}

async function computeWithWasm(): Promise<Doctor['backend']> {
  const { startWasm } = await import('../wasm.js');
  const { name, tensorflow, device, threads } = await startWasm();
  return { name, tensorflow, device, threads, folder: null };
}

function nativeReport(
  choice: Choice | undefined,
  test: LoadTest | undefined,
  gpuNames: string[],
  env: NodeJS.ProcessEnv,
): Doctor['backend'] {
  if (choice === undefined || test === undefined) return undefined;
  return {
    name: test.usesGpu ? 'native-gpu' : 'native-cpu',
    tensorflow: test.version,
    device: test.usesGpu ? gpuInUse(gpuNames, env) : cpuModel(),
    threads: threadsOf(env),
    folder: choice.build.folder,
  };
}

/** Return the result; on a UserError, append its message to the list and return undefined. */
async function attempt<T>(
  list: string[],
  work: () => T | Promise<T>,
  advice = '',
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    list.push(error.message + advice);
    return undefined;
  }
}
