import { basename } from 'node:path';
import type { Config } from '../config/config.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';

/** A data set's name; for the user's own data, its folder's name. */
export function datasetName({ dataset }: Config): string {
  return 'name' in dataset ? dataset.name : basename(dataset.path);
}

/** Whether a run's data has the name of a published data set, but other contents. */
export function isUnverified({ record }: FinishedRunSummary): boolean {
  return (record?.dataset.files ?? []).some(({ status }) => status === 'unverified');
}

/** Whether a run's data is a published data set, as far as is known. */
export function isPublished(run: FinishedRunSummary): boolean {
  return 'name' in run.config.dataset && !isUnverified(run);
}

/** A network's name, as in `resnet20 (width 0.5)`. */
export function networkName({ model }: Config): string {
  if ('layers' in model) return 'own network';
  return model.width === 1 ? model.name : `${model.name} (width ${model.width})`;
}
