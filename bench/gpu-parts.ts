/** One part of the measurements on a GPU, which is either completed or not. */
export interface Part {
  readonly name: string;
  readonly commands: readonly Command[];
  /** Folders of an earlier attempt, which are removed first. */
  readonly removes?: readonly string[];
  /** Time limit, beyond which a part fails; absent for training, which stops with the call and can resume. */
  readonly mostSeconds?: number;
}

export interface Command {
  /** Arguments of Node, run in the project's folder. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The networks and sizes of the measurements. */
export interface Scale {
  readonly backend: 'native-gpu' | 'native-cpu';
  readonly batch: number;
  readonly networks: readonly string[];
  readonly goldenTests: readonly string[];
  /** Config and settings of the long training. */
  readonly long: readonly string[];
}

const quantizerTest = 'test/bayesian-bits/golden-quantizer.test.ts';

export const scales = {
  gpu: {
    backend: 'native-gpu',
    batch: 128,
    networks: ['lenet5', 'vgg7', 'resnet20'],
    goldenTests: ['test/training/golden-lenet5.test.ts', quantizerTest],
    long: ['configs/cifar10/vgg7-mu-0.01.yaml'],
  },
  /** For testing the script: every kind of part, within minutes. */
  cpu: {
    backend: 'native-cpu',
    batch: 2,
    networks: ['lenet5'],
    goldenTests: [quantizerTest],
    long: ['configs/quickstart.yaml'],
  },
} satisfies Record<string, Scale>;

const withoutTf32 = {
  NVIDIA_TF32_OVERRIDE: '0',
  XLA_FLAGS: '--xla_gpu_enable_triton_gemm=false',
};
const bbits = 'bin/bbits.js';
const tsx = 'node_modules/tsx/dist/cli.mjs';
const vitest = 'node_modules/vitest/vitest.mjs';
const fullPrecision = [
  'quantization.weights=none',
  'quantization.activations=none',
  'quantization.channels=all',
];

/**
 * All parts, the short ones first.
 *
 * @param folder absolute path of the runs' folder
 * @param settings of the long training, such as its epochs and the data's path
 * @param isThere whether a run exists
 */
export function gpuParts(
  scale: Scale,
  folder: string,
  settings: readonly string[],
  isThere: (path: string) => boolean,
): Part[] {
  const { backend, batch, networks, goldenTests, long } = scale;
  const golden = (env: Record<string, string>): Command => ({
    args: [vitest, 'run', '--project', 'native', ...goldenTests],
    env: { ...env, BBITS_TEST_NATIVE: backend },
  });
  const times = (suffix: string, env: Record<string, string>) =>
    networks.map((network): Part => ({
      name: `times-${network}${suffix}`,
      commands: [{ args: [tsx, 'bench/gpu.ts', 'gpu', String(batch), network], env }],
      mostSeconds: 300,
    }));
  const quickly = (out: string, env: Record<string, string> = {}): Command => ({
    args: [
      ...[bbits, 'train', 'configs/quickstart.yaml', `backend=${backend}`, 'training.epochs=1'],
      ...['--out', `${folder}/${out}`],
    ],
    env,
  });
  const training = (name: string, own: readonly string[]): Part => {
    const out = `${folder}/run-${name}`;
    const begin = [bbits, 'train', ...long, `backend=${backend}`, ...settings, ...own];
    const args = isThere(out) ? [bbits, 'resume', out] : [...begin, '--out', out];
    return { name, commands: [{ args }] };
  };
  const dumps = `${folder}/dumps`;
  return [
    {
      name: 'doctor',
      commands: [{ args: [bbits, 'backend', 'doctor', '--backend', backend] }],
      mostSeconds: 120,
    },
    ...times('', {}),
    { name: 'golden', commands: [golden({})], mostSeconds: 480 },
    { name: 'golden-without-tf32', commands: [golden(withoutTf32)], mostSeconds: 480 },
    {
      name: 'same-bytes',
      removes: [`${folder}/first`, `${folder}/second`, dumps],
      commands: [
        quickly('first', { XLA_FLAGS: `--xla_dump_to=${dumps} --xla_dump_hlo_as_text` }),
        quickly('second'),
        { args: [tsx, 'bench/gpu-same-bytes.ts', folder] },
      ],
      mostSeconds: 300,
    },
    ...times('-not-deterministic', { TF_DETERMINISTIC_OPS: '0' }),
    ...times('-without-tf32', withoutTf32),
    training('long', []),
    training('long-full-precision', fullPrecision),
  ];
}
