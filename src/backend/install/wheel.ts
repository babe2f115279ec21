import { basename } from 'node:path';
import { UserError } from '../../errors.js';

/** The parts of a wheel's file name: `tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl`. */
export interface WheelName {
  readonly file: string;
  /** PyPI project, with hyphens: `tensorflow-cpu`. */
  readonly project: string;
  readonly version: string;
  /** `manylinux_2_27_x86_64`; several tags are joined by dots. */
  readonly platformTag: string;
}

/** Parse a wheel's file name. @throws UserError for any other name */
export function parseWheelName(path: string): WheelName {
  const file = basename(path);
  const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-([^-]+)\.whl$/.exec(file);
  const [, project, version, platformTag] = match ?? [];
  if (project === undefined || version === undefined || platformTag === undefined) {
    throw new UserError(
      `${path} is not named like a wheel (name-version-python-abi-platform.whl). Give the file its original name from PyPI, which states its version and platform.`,
    );
  }
  return { file, project: normalizeProject(project), version, platformTag };
}

/** Normalize a project name as PyPI does: ignore case and treat `-`, `_` and `.` alike. */
export function normalizeProject(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

export interface WheelMetadata {
  readonly project: string;
  readonly version: string;
  /** pip requirements of NVIDIA's libraries (`tensorflow[and-cuda]`): `nvidia-nccl-cu12<3.0,>=2.27.7`. */
  readonly cuda: string[];
}

/** Parse the header lines of a wheel's METADATA. */
export function parseMetadata(text: string): WheelMetadata {
  const header = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const values = (key: string) =>
    [...header.matchAll(new RegExp(`^${key}: *(.+?)\\r?$`, 'gm'))].map((match) => match[1] ?? '');
  const cuda = values('Requires-Dist')
    .filter((line) => /;.*extra\s*==\s*['"]and-cuda['"]/.test(line))
    // Older wheels put the versions in parentheses: `nvidia-nccl-cu12 (==2.23.4)`.
    .map((line) => (line.split(';')[0] ?? '').replace(/[\s()]/g, ''))
    .filter((requirement) => requirement.startsWith('nvidia-'));
  return {
    project: normalizeProject(values('Name')[0] ?? ''),
    version: values('Version')[0] ?? '',
    cuda,
  };
}
