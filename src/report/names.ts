import { basename } from 'node:path';
import type { Config } from '../config/config.js';

/** A data set's name, or the folder's of one of the user's own. */
export function datasetName({ dataset }: Config): string {
  return 'name' in dataset ? dataset.name : basename(dataset.path);
}

/** Tells data sets apart: two of the user's own may have folders of the same name. */
export function datasetIdentity({ dataset }: Config): string {
  return JSON.stringify('name' in dataset ? dataset.name : [dataset.path]);
}

/** A network's name, as in `resnet20 (width 0.5)`. */
export function networkName({ model }: Config): string {
  if ('layers' in model) return 'own network';
  return model.width === 1 ? model.name : `${model.name} (width ${model.width})`;
}
