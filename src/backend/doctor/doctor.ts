import { UserError } from '../../errors.js';
import { withTemporaryFile } from '../../files/temporary-file.js';
import { ownInstallation, type Installation } from '../../installation.js';
import { examineBuild, reinstall, type InstalledReport } from './builds.js';
import { judgeGpu } from './gpu.js';
import { bindingPath } from '../install/cache.js';
import { chooseBackend, type BackendName, type Choice } from '../choice.js';
import { findCompiler } from '../install/compiler.js';
import { requireScripts } from '../tfjs-node/scripts.js';
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
  installation: Installation;
  requested: BackendName;
  platform: string;
  /** What runs for this request; undefined where nothing does. */
  backend:
    | {
        name: BackendInfo['name'];
        /** TensorFlow's version; WebAssembly has none. */
        tensorflow: string | null;
        device: string;
        threads: number;
        /** Of the build; WebAssembly is in node_modules. */
        folder: string | null;
      }
    | undefined;
  installed: InstalledReport[];
  /** What checks of exported files run in; undefined: it is fetched by the first one. */
  onnxruntime: OnnxruntimeReport | undefined;
  /** How pip and the C++ compiler answer; undefined where there is none. */
  pip: string | undefined;
  compiler: string | undefined;
  gpu: {
    /** Is there an NVIDIA driver? */
    found: boolean;
    names: string[];
    /** Did TensorFlow compute on it? */
    used: boolean;
    /** TensorFlow's own words about it where it was not used. */
    log: string[];
  };
  /** What keeps the request from running, each with the command that mends it. */
  problems: string[];
  /** What is worth knowing and stops nothing. */
  notes: string[];
}

/**
 * Looks at everything that the backends need: reads every installed file against its sha256, and
 * really computes with the build that the request would load, in a process of its own.
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
  // What keeps TensorFlow from running matters less where WebAssembly does.
  await attempt(usesWasm ? notes : problems, requireNative);
  await attempt(usesWasm ? notes : problems, writeGraph);
  const tried = findPlatform()?.tried ?? 'run';
  if (tried !== 'run') {
    notes.push(`TensorFlow on ${platformId} was only ${tried} so far, never run on a real one.`);
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
  if (usesWasm && requested === 'auto') notes.push(insteadOfNative());
  if (test !== undefined) judgeGpu(requested, hasGpu, choice, test, problems, notes);
  const onKernels = choice && test && adviceOnKernels(choice.build, test);
  if (onKernels !== undefined) notes.push(onKernels);
  const onXla = choice && test?.usesGpu ? adviceOnXla(choice.build, env) : undefined;
  if (onXla !== undefined) notes.push(onXla);
  const pip = await findPip(env, signal);
  const compiler = await attempt(notes, () => findCompiler(env, signal));
  if (pip === undefined || pip.tooOld) {
    notes.push(
      `${pip === undefined ? 'Without pip' : 'With so old a pip'}, native TensorFlow can be installed with --wheel only.`,
    );
  }

  const onnxruntime = await findOnnxruntime(root, signal);
  if (onnxruntime && onnxruntime.damage.length > 0) {
    notes.push(
      `onnxruntime in ${onnxruntime.folder} is damaged: delete that folder, and the next check gets it again.`,
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

/** As large as the graphs of deep networks, which TensorFlow reads from a temporary file. */
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

/** The result, or undefined and the error's message in the list: only errors meant for users. */
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
