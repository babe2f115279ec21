import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { formatBytes } from '../../text/bytes.js';
import { requireFreeSpace } from './disk.js';
import type { Machine } from './machine.js';
import { hashFile, type Manifest, type ManifestFile } from './manifest.js';
import { downloadWheels, type Pip } from './pip.js';
import { installSizes, type InstallPlan } from './install-plan.js';
import { pinnedWheels, wantedCudaMembers, wantedMembers } from './recipe.js';
import type { Reporter } from './reporter.js';
import { unpack, unpackedSize } from './unpack.js';
import { parseMetadata, parseWheelName, type WheelMetadata } from './wheel.js';

/** An installation in progress. */
export interface Job {
  readonly plan: InstallPlan;
  /** Undefined for an installation from local wheels. */
  readonly pip: Pip | undefined;
  /** Folder for temporary files. */
  readonly staging: string;
  /** Folder of the unfinished build. */
  readonly build: string;
  readonly machine: Machine;
  readonly signal: AbortSignal | undefined;
  readonly reporter: Reporter;
}

export interface UnpackedWheels {
  readonly wheels: Manifest['wheels'];
  readonly files: ManifestFile[];
}

/** Get TensorFlow's wheel, and NVIDIA's for a CUDA build, and unpack the wanted members. */
export async function bringWheels(job: Job): Promise<UnpackedWheels> {
  const { plan, build } = job;
  const sizes = installSizes(plan);
  const project = plan.platform.projects[plan.variant] ?? plan.platform.projects.cpu;
  const tensorflow =
    plan.local === undefined
      ? await download(job, [`${project}==${plan.version}`], sizes.wheel)
      : [plan.local.tensorflow];
  const main = await unpackWheels(job, tensorflow, wantedMembers, build);
  const metadata = await checkWheel(job, tensorflow[0] ?? '', main.files);
  if (plan.variant === 'cpu') return main;

  if (plan.local !== undefined) sayMissing(job.reporter, metadata.cuda, plan.local.cuda);
  const nvidia = plan.local?.cuda ?? (await download(job, metadata.cuda, sizes.nvidia));
  if (nvidia.length === 0) return main;
  const cuda = await unpackWheels(job, nvidia, wantedCudaMembers, build);
  return { wheels: [...main.wheels, ...cuda.wheels], files: [...main.files, ...cuda.files] };
}

/**
 * Download wheels from PyPI.
 *
 * @param size approximate total size in bytes, for the progress display
 * @returns the wheels' paths
 */
export async function download(job: Job, requirements: string[], size: number): Promise<string[]> {
  const { plan, pip, reporter, machine, signal } = job;
  if (pip === undefined) throw new Error('A download was planned without pip.');
  const [first, ...others] = requirements;
  if (first === undefined) return [];
  reporter.stage(`Downloading ${projectOf(first)}${andOthers(others)} from PyPI`);
  const folder = join(job.staging, projectOf(first));
  const wheels = await downloadWheels(pip, requirements, plan.platform, folder, {
    env: machine.env,
    signal,
    arrived: (bytes) => {
      // Below 1, which is reported when the command ends.
      const detail = `${formatBytes(bytes)} of about ${formatBytes(size)}`;
      reporter.progress(Math.min(bytes / size, 0.99), detail);
    },
  });
  reporter.progress(1, 'downloaded');
  return wheels;
}

/** Check the free disk space and unpack the wanted members of wheels into a folder. */
export async function unpackWheels(
  job: Job,
  paths: string[],
  wanted: readonly RegExp[],
  folder: string,
): Promise<UnpackedWheels> {
  const { reporter, signal, plan, machine } = job;
  const result: UnpackedWheels = { wheels: [], files: [] };
  let total = 0;
  for (const path of paths) total += await unpackedSize(path, wanted);
  await requireFreeSpace(job.staging, total, machine.statfs);
  const { project, version } = parseWheelName(paths[0] ?? '');
  reporter.stage(
    `Unpacking ${project} ${version}${andOthers(paths.slice(1))}: ${formatBytes(total)}`,
  );
  let done = 0;
  for (const path of paths) {
    const sha256 = await checkHash(path, signal);
    const files = await unpack(path, folder, {
      wanted,
      signal,
      written: (bytes) => {
        done += bytes;
        reporter.progress(done / total, `${formatBytes(done)} of ${formatBytes(total)}`);
      },
    });
    result.wheels.push({ name: basename(path), sha256 });
    result.files.push(...files);
    // A downloaded wheel is no longer needed; a local one belongs to the user.
    if (plan.local === undefined) await rm(path);
  }
  return result;
}

/** Hash a wheel and compare it with the recipe's sha256, if it has one. */
async function checkHash(path: string, signal: AbortSignal | undefined): Promise<string> {
  const sha256 = await hashFile(path, signal);
  const expected = pinnedWheels[basename(path)];
  if (expected === undefined || expected === sha256) return sha256;
  throw new UserError(
    `${basename(path)} has sha256 ${sha256}; PyPI's wheel of this name has ${expected}. It was truncated or altered in transit: download it again.`,
  );
}

/** Check that a wheel's name agrees with its metadata and that it contains libraries. */
async function checkWheel(job: Job, wheel: string, files: ManifestFile[]): Promise<WheelMetadata> {
  const name = parseWheelName(wheel);
  const member = files.find((file) => file.path.endsWith('.dist-info/METADATA'));
  if (member === undefined) {
    throw new UserError(`${name.file} contains no METADATA: it is not a wheel. Download it again.`);
  }
  const metadata = parseMetadata(await readFile(join(job.build, member.path), 'utf8'));
  if (metadata.project !== name.project || metadata.version !== name.version) {
    throw new UserError(
      `${name.file} holds ${metadata.project} ${metadata.version}: the file was renamed. Give it its original name from PyPI.`,
    );
  }
  if (metadata.version !== job.plan.version) {
    throw new UserError(
      `pip was asked for version ${job.plan.version} but downloaded ${name.file}. Try again, or download the wheel yourself and pass it with --wheel.`,
    );
  }
  const needed = [...job.plan.platform.libraries, 'include/tensorflow/c/c_api.h'];
  const missing = needed.filter((path) =>
    files.every((file) => file.path !== `tensorflow/${path}`),
  );
  if (missing.length > 0) {
    throw new UserError(
      `${name.file}: its folder tensorflow/ lacks ${missing.join(', ')}, which the binding needs. Tested versions: 2.19.1, 2.21.0.`,
    );
  }
  return metadata;
}

/** Report NVIDIA's libraries that no local wheel contains: without pip, the system must provide them. */
function sayMissing(reporter: Reporter, required: string[], given: string[]): void {
  const projects = given.map((path) => parseWheelName(path).project);
  const missing = required.map(projectOf).filter((project) => !projects.includes(project));
  if (missing.length > 0) {
    reporter.stage(`This system must provide what no given wheel contains: ${missing.join(', ')}`);
  }
}

function andOthers(others: string[]): string {
  return others.length === 0 ? '' : ` and ${others.length} more`;
}

/** Project of a requirement: `nvidia-nccl-cu12` of `nvidia-nccl-cu12<3.0,>=2.27.7`. */
function projectOf(requirement: string): string {
  return requirement.split(/[<>=!~]/)[0] ?? '';
}
