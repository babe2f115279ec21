import type { NamedDataset } from '../../data/datasets/named-dataset.js';
import type { Archive, DataPackage } from '../../data/get.js';
import type { DatasetConfig } from '../../data/load.js';
import { formatBytes } from '../../text/bytes.js';
import { makeReporter } from '../output/reporter.js';

/** A data set's files and where they come from. */
interface Wanted {
  readonly name: string;
  readonly archive: Archive | DataPackage;
  /** A local archive to use instead of downloading one. */
  readonly from?: string | undefined;
}

/** The folder to unpack into: datasets/NAME, or datasets/ if the archive's own folder is called NAME. */
export function parentOf({ name, archive }: Wanted): string {
  return archive.folder === name ? 'datasets' : `datasets/${name}`;
}

/**
 * Get a data set's files unless they are already there; report the size first, then the progress.
 *
 * @returns the folder, and whether this call made it
 */
export async function getData(
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<{ folder: string; made: boolean }> {
  const { name, archive, from } = wanted;
  const { getArchive } = await import('../../data/get.js');
  const { reporter, close } = makeReporter();
  const parent = parentOf(wanted);
  const place = 'integrity' in archive ? `npm (${archive.name})` : new URL(archive.url).host;
  return getArchive(archive, parent, {
    from,
    signal,
    onStart: () => {
      reporter.stage(
        `Downloading ${name} from ${place}, ${formatBytes(archive.size)}, into ${parent}/${archive.folder}`,
      );
    },
    onProgress: (done, size) => {
      reporter.progress(done / size, `${formatBytes(done)} of ${formatBytes(size)}`);
    },
    onWaiting: (holder) => {
      reporter.stage(`Waiting for another download (${holder})`);
    },
  }).finally(close);
}

/** Get a config's data set before training, if it is small and in none of its usual places. */
export async function getMissingData(
  config: DatasetConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!('name' in config) || config.path !== undefined) return;
  const { datasets } = await import('../../data/datasets/datasets.js');
  const { archive, isMissing }: NamedDataset = datasets[config.name];
  if (archive === undefined || isMissing?.() !== true) return;
  await getData({ name: config.name, archive }, signal);
}
