import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { tfjsNode } from '../tfjs-node/recipe.js';
import type { Variant } from './manifest.js';
import { defaultTensorflow, type Platform, type Sizes } from './recipe.js';
import { parseWheelName, type WheelName } from './wheel.js';

export interface InstallPlanOptions {
  /** Install the GPU build or the CPU build; undefined: the GPU build if the machine has an NVIDIA GPU. */
  readonly cuda?: boolean | undefined;
  /** TensorFlow's version; undefined: any installed version, else the recipe's. */
  readonly tensorflow?: string | undefined;
  /** Local wheels to use instead of PyPI's: TensorFlow's, and NVIDIA's for CUDA. */
  readonly wheels?: string[] | undefined;
  /** Local archive of tfjs-node's package to use instead of npm's. */
  readonly binding?: string | undefined;
}

/** A build to install. */
export interface InstallPlan {
  readonly platform: Platform;
  readonly variant: Variant;
  readonly version: string;
  /** Accept another version that is already installed. */
  readonly anyVersion: boolean;
  /** Paths of local wheels; if set, nothing is downloaded from PyPI. */
  readonly local: { tensorflow: string; cuda: string[] } | undefined;
  /** Path of a local archive of tfjs-node's package; undefined: download it from npm. */
  readonly binding: string | undefined;
}

/** Sizes of a plan's downloads and build, in bytes; approximate for versions other than the default. */
export function installSizes(plan: InstallPlan): Sizes {
  const { sizes } = plan.platform;
  return sizes[plan.variant] ?? sizes.cpu;
}

/** Make a plan from options. @throws UserError if they contradict one another or the platform */
export function makeInstallPlan(
  platform: Platform,
  options: InstallPlanOptions,
  hasGpu: boolean,
): InstallPlan {
  if (options.tensorflow !== undefined) requireVersion(options.tensorflow);
  if (options.binding !== undefined) requireFile('--binding', options.binding, archive);
  if (options.wheels !== undefined && options.wheels.length > 0) {
    return planFromWheels(platform, options, options.wheels);
  }
  if (options.cuda === true && platform.projects.cuda === undefined) {
    throw new UserError(
      `There is no TensorFlow with CUDA for ${platform.id}, only for linux-x64. Install the build for the CPU with: bbits backend install --cpu`,
    );
  }
  const cuda = options.cuda ?? (hasGpu && platform.projects.cuda !== undefined);
  return {
    platform,
    variant: cuda ? 'cuda' : 'cpu',
    version: options.tensorflow ?? defaultTensorflow,
    anyVersion: options.tensorflow === undefined,
    local: undefined,
    binding: bindingOf(options),
  };
}

/** Check a version, which becomes part of a pip requirement and of a folder name. */
function requireVersion(version: string): void {
  if (/^\d+\.\d+\.\d+((rc|\.post)\d+)?$/.test(version)) return;
  throw new UserError(
    `--tensorflow ${version} is not a version. Expected three numbers, such as ${defaultTensorflow}.`,
    2,
  );
}

function planFromWheels(
  platform: Platform,
  options: InstallPlanOptions,
  paths: string[],
): InstallPlan {
  const wheels = paths.map((path) => {
    requireFile('--wheel', path, 'a wheel from PyPI');
    return { path: resolve(path), name: parseWheelName(path) };
  });
  const cudaWheels = wheels.filter(({ name }) => name.project.startsWith('nvidia-'));
  const [main, ...others] = wheels.filter((wheel) => !cudaWheels.includes(wheel));
  if (main === undefined || others.length > 0) {
    throw new UserError(
      `--wheel: expected one wheel of TensorFlow (and, for CUDA, those of NVIDIA's libraries), found ${wheels.length - cudaWheels.length}.`,
    );
  }
  const variant = requireFitting(platform, main.name, options);
  if (variant === 'cpu' && cudaWheels.length > 0) {
    throw new UserError(
      `--wheel: ${cudaWheels[0]?.name.file ?? ''} is for CUDA, but ${main.name.file} is the build for the CPU. Leave one of them out.`,
    );
  }
  for (const { name } of cudaWheels) requireTag(platform, name);
  return {
    platform,
    variant,
    version: main.name.version,
    anyVersion: false,
    local: { tensorflow: main.path, cuda: cudaWheels.map(({ path }) => path) },
    binding: bindingOf(options),
  };
}

const archive = `the file that npm pack ${tfjsNode.name}@${tfjsNode.version} makes`;

function bindingOf({ binding }: InstallPlanOptions): string | undefined {
  return binding === undefined ? undefined : resolve(binding);
}

function requireFile(option: string, path: string, expected: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${option} ${path} cannot be read: ${why}. Expected ${expected}.`, 1, {
      cause,
    });
  }
  if (!statSync(path).isFile()) {
    throw new UserError(`${option} ${path} is not a file. Expected ${expected}.`);
  }
}

/** The variant of a TensorFlow wheel. @throws UserError if it is not the requested one */
function requireFitting(platform: Platform, name: WheelName, options: InstallPlanOptions): Variant {
  const { cpu, cuda } = platform.projects;
  if (name.project !== cpu && name.project !== cuda) {
    const expected = cuda === undefined ? cpu : `${cpu} or, with CUDA, ${cuda}`;
    throw new UserError(
      `--wheel: ${name.file} is a wheel of ${name.project}; ${platform.id} needs a wheel of ${expected}.`,
    );
  }
  requireTag(platform, name);
  const variant = name.project === cpu ? 'cpu' : 'cuda';
  if (options.cuda !== undefined && options.cuda !== (variant === 'cuda')) {
    throw new UserError(
      `--wheel: ${name.file} is the build for ${variant === 'cuda' ? 'CUDA' : 'the CPU'}, but --${options.cuda ? 'cuda' : 'cpu'} was given. Leave the option out, or pass the wheel of ${options.cuda ? (cuda ?? cpu) : cpu}.`,
    );
  }
  if (options.tensorflow !== undefined && options.tensorflow !== name.version) {
    throw new UserError(
      `--wheel: ${name.file} is version ${name.version}, but --tensorflow ${options.tensorflow} was given. Leave --tensorflow out.`,
    );
  }
  return variant;
}

function requireTag(platform: Platform, name: WheelName): void {
  if (platform.wheelTag.test(name.platformTag)) return;
  throw new UserError(
    `--wheel: ${name.file} is for ${name.platformTag}; this machine is ${platform.id}. Download the right wheel with pip's option --platform ${platform.pipPlatforms[1] ?? platform.pipPlatforms[0] ?? ''}.`,
  );
}
