import type { Layer } from '../../nn/network.js';
import type { Misfit } from '../../nn/misfit.js';
import type { UserError } from '../../errors.js';
import type { PlainTree } from '../nodes.js';
import { configError, type Place } from '../problem.js';
import { showPath } from '../show.js';

interface Source {
  readonly fileName: string;
  readonly tree: Pick<PlainTree, 'find'>;
}

/**
 * The positions of a config's layers in its file, for reporting misfits: these are found only once the images
 * are known, when the config is plain data without positions.
 */
const sources = new WeakMap<readonly Layer[], Source>();

export function rememberLayers(layers: readonly Layer[], source: Source): void {
  sources.set(layers, source);
}

/**
 * The misfits of a config's network with their positions in the file, one per line.
 *
 * @returns undefined if the layers were not read from a config file
 */
export function layersError(
  layers: readonly Layer[],
  misfits: readonly Misfit[],
  images: string,
): UserError | undefined {
  const source = sources.get(layers);
  if (!source) return undefined;
  const { fileName, tree } = source;
  const placeOf = (path: readonly string[]): Place =>
    tree.find(path)?.place ?? (path.length === 0 ? top : placeOf(path.slice(0, -1)));
  return configError(
    fileName,
    misfits.map(({ path, text }) => {
      const whole = ['model', 'layers', ...path.map(String)];
      return { place: placeOf(whole), key: showPath(whole), text: `${text}, for ${images}` };
    }),
  );
}

const top: Place = { line: 1, column: 1 };
