import type { NamedDataset } from '../../data/datasets/named-dataset.js';
import type { Archive, DataPackage } from '../../data/get.js';
import type { DatasetConfig } from '../../data/load.js';
import { formatBytes } from '../../text/bytes.js';
import { makeReporter } from '../output/reporter.js';

/** A data set's files and where they come from. */
interface Wanted {
  readonly name: string;
  readonly archive: Archive | DataPackage;
  /** An archive that is there already, to use instead of the network. */
  readonly from?: string | undefined;
}

/** Where its files go. What one archive holds in folders of its own gets a folder for them. */
export function parentOf({ name, archive }: Wanted): string {
  return archive.folder === name ? 'datasets' : `datasets/${name}`;
}

/**
 * Gets a data set's files unless they are there, with its size told before and the progress meanwhile.
 *
 * @returns the folder, and whether it was made now
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

/**
 * What a command that trains gets as a part of its work: data sets that are small and in none of their usual places.
 */
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
