import { z } from 'zod';
import { UserError } from '../src/errors.js';

/** An instruction of a stage, of the kinds that this project's Dockerfile uses. */
export type Step =
  | { readonly kind: 'RUN'; readonly command: string }
  | {
      readonly kind: 'COPY';
      /** Name of a stage; undefined for the build's context. */
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly destination: string;
    }
  | { readonly kind: 'ENV'; readonly name: string; readonly value: string }
  | { readonly kind: 'WORKDIR' | 'USER'; readonly value: string }
  | { readonly kind: 'VOLUME' | 'ENTRYPOINT' | 'CMD'; readonly values: readonly string[] };

export interface Stage {
  /** The base image, such as `node:22-bookworm-slim`. */
  readonly image: string;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

/**
 * Parse the stages of a Dockerfile. Only the instructions of this project's Dockerfile are supported; any
 * other is an error, so that no step is skipped.
 *
 * @throws UserError with the unsupported line
 */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { steps: Step[] })[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const stage = /^FROM (\S+)(?: AS (\S+))?$/.exec(line);
    if (stage) {
      stages.push({ image: stage[1] ?? '', name: stage[2], steps: [] });
      continue;
    }
    const step = parseStep(line);
    const current = stages.at(-1);
    if (step === undefined || current === undefined) {
      throw new UserError(
        `Dockerfile:${index + 1}: found "${line}", expected FROM first, then RUN COMMAND, COPY [--from=STAGE] SOURCES ` +
          'DESTINATION, ENV NAME=VALUE, WORKDIR, USER, or VOLUME, ENTRYPOINT and CMD with a JSON list, each on one ' +
          'line. Use one of these forms, or teach docker/dockerfile.ts the new form.',
      );
    }
    current.steps.push(step);
  }
  return stages;
}

function parseStep(line: string): Step | undefined {
  const [, kind = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? [];
  switch (kind) {
    case 'RUN':
      return rest.startsWith('--') ? undefined : { kind, command: rest };
    case 'COPY':
      return parseCopy(rest);
    case 'ENV': {
      const [, name, value] = /^(\w+)=([^\s"'$]+)$/.exec(rest) ?? [];
      return name === undefined || value === undefined ? undefined : { kind, name, value };
    }
    case 'WORKDIR':
    case 'USER':
      return { kind, value: rest };
    case 'VOLUME':
    case 'ENTRYPOINT':
    case 'CMD': {
      const values = listOf(rest);
      return values && { kind, values };
    }
    default:
      return undefined;
  }
}

/** Parse a JSON list of strings; undefined for anything else. */
function listOf(text: string): readonly string[] | undefined {
  try {
    return z.array(z.string()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function parseCopy(rest: string): Step | undefined {
  const [, from, paths = ''] = /^(?:--from=(\S+) )?([^-].*)$/.exec(rest) ?? [];
  const sources = paths.split(' ');
  const destination = sources.pop();
  if (destination === undefined || sources.length === 0) return undefined;
  return { kind: 'COPY', from, sources, destination };
}
