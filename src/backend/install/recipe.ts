import { kernelsVersion } from '../../kernels/own/version.js';

/**
 * The build recipe of native TensorFlow for TensorFlow.js, as data: the PyPI wheels, the files to unpack, and
 * the compiler arguments of the binding.
 *
 * The C++ source of the binding in @tensorflow/tfjs-node-gpu 4.22 was written for the libtensorflow of 2022
 * and also compiles against the libraries of today's Python wheels. It uses only TensorFlow's C API and
 * Node-API, so one compiled binding works with every Node version.
 */

/** The TensorFlow version installed by default. */
export const defaultTensorflow = '2.21.0';

/** The wheels' Python version; the libraries are the same for every version, and any Python may run pip. */
export const wheelPython = '3.11';

export interface Sizes {
  /** TensorFlow's wheel. */
  readonly wheel: number;
  /** Total of NVIDIA's wheels. */
  readonly nvidia: number;
  /** The installed build. */
  readonly disk: number;
}

export interface Platform {
  /** `process.platform`-`process.arch`. */
  readonly id: string;
  /** Sizes in bytes with the default TensorFlow version, as measured. */
  readonly sizes: { cpu: Sizes; cuda?: Sizes };
  /** How the recipe was tested: `run` on such a machine, `emulated` under qemu, or only `linked`. */
  readonly tried: 'run' | 'emulated' | 'linked';
  /** PyPI project of each variant; no `cuda` if PyPI has no such wheel. */
  readonly projects: { cpu: string; cuda?: string };
  /** pip's `--platform` values, one for each wheel tag that these projects have used, newest first. */
  readonly pipPlatforms: string[];
  /** Pattern of the platform tag in a suitable wheel's name. */
  readonly wheelTag: RegExp;
  /** TensorFlow's libraries, named as in the wheel's `tensorflow/`. */
  readonly libraries: string[];
  /** The name by which an addon loads the first library. */
  readonly loadName: string;
  /** Linker arguments in addition to the libraries. */
  readonly linkArguments: string[];
}

const linuxLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** `-z now`: report a missing symbol when the binding is loaded, not when it is first called. */
const linuxLink = ['-Wl,-rpath,$ORIGIN/../tensorflow', '-Wl,-z,now'];
const macLibraries = ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'];

export const platforms: Platform[] = [
  {
    id: 'linux-x64',
    tried: 'run',
    sizes: {
      cpu: { wheel: 274e6, nvidia: 0, disk: 854e6 },
      // TensorFlow itself takes 1.26 GB of the disk space.
      cuda: { wheel: 572e6, nvidia: 2.81e9, disk: 5.68e9 },
    },
    projects: { cpu: 'tensorflow-cpu', cuda: 'tensorflow' },
    pipPlatforms: manylinux('x86_64'),
    wheelTag: /manylinux.*_x86_64$/,
    libraries: linuxLibraries,
    loadName: 'libtensorflow_cc.so.2',
    linkArguments: linuxLink,
  },
  {
    id: 'linux-arm64',
    tried: 'emulated',
    sizes: { cpu: { wheel: 282e6, nvidia: 0, disk: 884e6 } },
    projects: { cpu: 'tensorflow' },
    pipPlatforms: manylinux('aarch64'),
    wheelTag: /manylinux.*_aarch64$/,
    libraries: linuxLibraries,
    loadName: 'libtensorflow_cc.so.2',
    linkArguments: linuxLink,
  },
  {
    id: 'darwin-arm64',
    tried: 'linked',
    sizes: { cpu: { wheel: 223e6, nvidia: 0, disk: 741e6 } },
    projects: { cpu: 'tensorflow' },
    pipPlatforms: ['macosx_12_0_arm64'],
    wheelTag: /macosx_.*_arm64$/,
    libraries: macLibraries,
    loadName: '@rpath/libtensorflow_cc.2.dylib',
    // The node program exports Node-API's functions, so macOS must look them up at load time.
    linkArguments: ['-Wl,-rpath,@loader_path/../tensorflow', '-Wl,-undefined,dynamic_lookup'],
  },
];

/** pip matches the number in such a tag exactly, so each one in use is listed. */
function manylinux(arch: string): string[] {
  return [28, 27, 17]
    .map((minor) => `manylinux_2_${String(minor)}_${arch}`)
    .concat(`manylinux2014_${arch}`);
}

/** PyPI's C++ compiler, in the tested version, for machines that have none. */
export const zig = {
  project: 'ziglang',
  version: '0.17.1',
  wantedMembers: [/^ziglang\/(zig$|lib\/)/],
  sizes: { wheel: 101e6, disk: 376e6 },
  /** The node program exports Node-API's functions, which zig's linker would report as missing. */
  linkArguments: ['-Wl,--allow-shlib-undefined'],
};

/** sha256 of the default version's wheels by file name, from PyPI's index (November 2026). */
export const pinnedWheels: Readonly<Record<string, string>> = {
  // This wheel was also built and run; the others were downloaded and inspected.
  'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
    '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
    '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl':
    '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl':
    '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
};

/**
 * Members of the TensorFlow wheel to unpack: its libraries, the libraries beside them (OpenMP on Linux
 * arm64), the headers that the binding includes, and the licenses.
 */
export const wantedMembers: RegExp[] = [
  /^tensorflow\/lib[^/]*\.(so\.2|2\.dylib)$/,
  /^tensorflow\.libs\/[^/]+$/,
  /^tensorflow\/include\/(tensorflow\/(c|core\/platform|tsl)|tsl|xla\/tsl)\/.+\.h$/,
  /^tensorflow\/THIRD_PARTY_NOTICES\.txt$/,
  /^[^/]+\.dist-info\/(METADATA|licenses\/.+|LICENSE[^/]*)$/,
];

/** Members of NVIDIA's wheels to unpack: all but their headers. */
export const wantedCudaMembers: RegExp[] = [
  /^nvidia\/[^/]+\/(?!include\/).+/,
  /^[^/]+\.dist-info\/(licenses\/.+|License[^/]*|LICENSE[^/]*)$/,
];

export const bindingFile = 'lib/tfjs_binding.node';
/** See quiet.ts. */
export const quietFile = 'lib/quiet.node';
/** Named after the kernels' version, so that builds made before an update have none. */
export const kernelsFile = `lib/kernels-${kernelsVersion}.node`;
