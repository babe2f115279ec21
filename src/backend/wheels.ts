import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { requireFreeSpace, formatBytes, type Statfs } from './disk.js';
import { hashFile, type Manifest, type ManifestFile } from './manifest.js';
import { downloadWheels, type Pip } from './pip.js';
import { planSizes, type Plan } from './plan.js';
import { pinnedWheels, wantedCudaMembers, wantedMembers } from './recipe.js';
import type { Reporter } from './reporter.js';
import { unpack, unpackedSize } from './unpack.js';
import { parseMetadata, parseWheelName, type WheelMetadata } from './wheel.js';

export interface WheelTask {
  plan: Plan;
  /** Undefined for an installation from wheels on this machine. */
  pip: Pip | undefined;
  staging: string;
  /** Where the build is put together. */
  build: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal | undefined;
  statfs: Statfs | undefined;
  reporter: Reporter;
}

export interface UnpackedWheels {
  wheels: Manifest['wheels'];
  files: ManifestFile[];
}

/** Brings TensorFlow's wheel, and NVIDIA's for a CUDA build, and unpacks what is needed of them. */
export async function bringWheels(task: WheelTask): Promise<UnpackedWheels> {
  const { plan, reporter } = task;
  const project = plan.platform.projects[plan.variant] ?? plan.platform.projects.cpu;
  const wheel =
    plan.local?.tensorflow ??
    (await download(task, 'tensorflow', [`${project}==${plan.version}`]))[0] ??
    '';
  const main = await unpackWheels(task, [wheel], wantedMembers);
  const metadata = await checkMetadata(task.build, wheel, main.files);
  if (plan.variant === 'cpu') return main;

  let nvidia = plan.local?.cuda;
  if (nvidia === undefined) nvidia = await download(task, 'nvidia', metadata.cuda);
  else sayMissing(reporter, metadata.cuda, nvidia);
  const cuda = await unpackWheels(task, nvidia, wantedCudaMembers);
  return { wheels: [...main.wheels, ...cuda.wheels], files: [...main.files, ...cuda.files] };
}

async function download(
  task: WheelTask,
  folder: 'tensorflow' | 'nvidia',
  requirements: string[],
): Promise<string[]> {
  const { plan, pip, reporter, env, signal } = task;
  if (requirements.length === 0) return [];
  if (pip === undefined) throw new Error('A download was planned without pip.');
  const sizes = planSizes(plan);
  const total = folder === 'nvidia' ? sizes.nvidia : sizes.wheel;
  reporter.stage(
    `Downloading ${requirements.map((name) => name.split(/[<>=]/)[0]).join(', ')} from PyPI`,
  );
  const wheels = await downloadWheels(
    pip,
    requirements,
    plan.platform,
    join(task.staging, folder),
    {
      env,
      signal,
      arrived: (bytes) => {
        // The size is that of the default version; the last step to 1 is the command's end.
        reporter.progress(
          Math.min(bytes / total, 0.99),
          `${formatBytes(bytes)} of about ${formatBytes(total)}`,
        );
      },
    },
  );
  reporter.progress(1, 'downloaded');
  return wheels;
}

async function unpackWheels(
  task: WheelTask,
  paths: string[],
  wanted: readonly RegExp[],
): Promise<UnpackedWheels> {
  const { reporter, signal, plan } = task;
  const result: UnpackedWheels = { wheels: [], files: [] };
  const sizes = [];
  for (const path of paths) sizes.push(await unpackedSize(path, wanted));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  await requireFreeSpace(task.staging, total, task.statfs);
  reporter.stage(
    `Unpacking ${paths.map((path) => basename(path)).join(', ')}: ${formatBytes(total)}`,
  );
  let done = 0;
  for (const path of paths) {
    const sha256 = await checkHash(path);
    const files = await unpack(path, task.build, {
      wanted,
      signal,
      written: (bytes) => {
        done += bytes;
        reporter.progress(
          Math.min(done / total, 1),
          `${formatBytes(done)} of ${formatBytes(total)}`,
        );
      },
    });
    result.wheels.push({ name: basename(path), sha256 });
    result.files.push(...files);
    // A downloaded wheel has served; one that the user gave is the user's.
    if (plan.local === undefined) await rm(path);
  }
  return result;
}

/** Hashes a wheel and compares with the recipe, where the recipe knows it. */
async function checkHash(path: string): Promise<string> {
  const sha256 = await hashFile(path);
  const expected = pinnedWheels[basename(path)];
  if (expected === undefined || expected === sha256) return sha256;
  throw new UserError(
    `${basename(path)} has sha256 ${sha256}; PyPI's wheel of this name has ${expected}. It was cut off or changed on its way: download it again.`,
  );
}

/** A wheel says twice what it is: in its name and inside. Both must agree. */
async function checkMetadata(
  build: string,
  wheel: string,
  files: ManifestFile[],
): Promise<WheelMetadata> {
  const name = parseWheelName(wheel);
  const member = files.find((file) => file.path.endsWith('.dist-info/METADATA'));
  if (member === undefined) {
    throw new UserError(
      `${name.file} has no METADATA in it: it is not a wheel. Download it again.`,
    );
  }
  const metadata = parseMetadata(await readFile(join(build, member.path), 'utf8'));
  if (metadata.project !== name.project || metadata.version !== name.version) {
    throw new UserError(
      `${name.file} holds ${metadata.project} ${metadata.version}: the file was renamed. Give it its name from PyPI.`,
    );
  }
  return metadata;
}

/** Without pip, NVIDIA's libraries come from wheels that were given, or from the system. */
function sayMissing(reporter: Reporter, required: string[], given: string[]): void {
  const projects = given.map((path) => parseWheelName(path).project);
  const missing = required
    .map((requirement) => requirement.split(/[<>=!~]/)[0] ?? '')
    .filter((project) => !projects.includes(project));
  if (missing.length > 0) {
    reporter.stage(`Left to this system, as no wheel was given: ${missing.join(', ')}`);
  }
}
