import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { formatConfig, parseConfig } from '../../config/config.js';
import { UserError } from '../../errors.js';
import { shortDigest } from '../../files/checksum.js';
import { jsonFile, readText, writeJson } from '../../files/json-file.js';
import { untilShown } from '../../files/late-file.js';
import { explainWriteErrors } from '../../files/write-file.js';
import type { Job } from '../job.js';

const schema = z.object({
  jobs: z.array(
    z.object({
      name: z.string(),
      folder: z.string(),
      /** File name of the sweep's config. */
      file: z.string(),
      config: z.string(),
      command: z.array(z.string()),
      retry: z.boolean(),
      sameMachine: z.boolean(),
    }),
  ),
});

const manifestFile = jsonFile('jobs.json', 2 ** 27, schema);

/** Jobs launched together, stored so that later changes of the config do not affect them. */
export interface Manifest {
  /** Hash of the contents: equal jobs have equal ids. */
  readonly id: string;
  /** The manifest's own folder, inside the sweep's. */
  readonly folder: string;
  readonly jobs: readonly ManifestJob[];
}

interface ManifestJob {
  readonly name: string;
  /** The run's folder, absolute. */
  readonly folder: string;
}

/** How long a launched process waits for files of other machines: shared folders show them late. */
export const lateByMs = 10_000;

/** Parent of all manifests, in the sweep's folder. */
const launchedFolder = '.launched';

/** The contents of a manifest. */
function encoded(jobs: readonly Job[]) {
  return {
    jobs: jobs.map(({ name, folder, loaded, command, retry, sameMachine }) => ({
      ...{ name, folder: resolve(folder), file: loaded.file, config: formatConfig(loaded.config) },
      ...{ command: [...command], retry, sameMachine },
    })),
  };
}

/** The manifest of jobs, not yet written. @param sweep the sweep's folder */
export function manifestOf(sweep: string, jobs: readonly Job[]): Manifest {
  const content = encoded(jobs);
  const id = shortDigest(manifestFile.encode(content));
  return { id, folder: join(sweep, launchedFolder, id), jobs: content.jobs };
}

/**
 * Write a manifest. Its folder is named by its contents, so an existing one is left alone.
 *
 * @throws WriteError if it cannot be written
 */
export async function writeManifest(sweep: string, jobs: readonly Job[]): Promise<Manifest> {
  const manifest = manifestOf(sweep, jobs);
  const { folder } = manifest;
  if (existsSync(join(folder, manifestFile.name))) return manifest;
  await explainWriteErrors(folder, () => mkdir(folder, { recursive: true }));
  await writeJson(folder, manifestFile, encoded(jobs));
  return manifest;
}

/** File for a job's output, beside its run. */
export function logOf(runFolder: string): string {
  return `${runFolder}.log`;
}

/** Read all manifests in a sweep's folder. @throws UserError if one cannot be read */
export async function readManifests(sweep: string): Promise<Manifest[]> {
  const around = join(sweep, launchedFolder);
  const names = await readdir(around).catch((): string[] => []);
  const manifests = names.map(async (id) => {
    const folder = join(around, id);
    const found = await contentOf(folder);
    return found === undefined ? [] : [{ id, folder, jobs: found.jobs }];
  });
  return (await Promise.all(manifests)).flat();
}

/**
 * Read one job of a manifest.
 *
 * @param folder the manifest's folder
 * @throws UserError if the manifest or a job of this name is missing
 */
export async function readJob(folder: string, name: string): Promise<Job> {
  const path = join(folder, manifestFile.name);
  const jobs = (await untilShown(folder, () => contentOf(folder), lateByMs))?.jobs;
  if (jobs === undefined) {
    throw new UserError(
      `${path}: expected the points that bbits sweep has launched, found no such file. Launch them again.`,
    );
  }
  const job = jobs.find((each) => each.name === name);
  if (job === undefined) {
    throw new UserError(
      `${path}: expected a point named ${name}, found no such point (${jobs.length} in all).`,
      2,
    );
  }
  const { folder: run, file, config, command, retry, sameMachine } = job;
  const loaded = { file, config: parseConfig(config, `${path} (${basename(run)})`) };
  return { name, folder: run, loaded, command, retry, sameMachine };
}

async function contentOf(folder: string): Promise<z.output<typeof schema> | undefined> {
  const text = await readText(folder, manifestFile);
  if (text === undefined) return undefined;
  const { data } = manifestFile.decode(text);
  if (data !== undefined) return data as z.output<typeof schema>;
  throw new UserError(
    `${join(folder, manifestFile.name)}: expected the points that bbits sweep has launched, found ` +
      'something else. The file is damaged: remove its folder.',
  );
}
