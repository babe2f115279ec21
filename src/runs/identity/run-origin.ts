import type { Config } from '../../config/config.js';
import { ofAnySeed, settingsHash } from '../../config/naming/identity.js';
import { shortDigest } from '../../files/checksum.js';
import type { RunRecord } from '../folder/record-file.js';
import { dataOrigin, isSameData, type DataOrigin } from './data-origin.js';

/**
 * What decides a run's result, but for its last bits: two runs of the same origin are the same run, made
 * twice. It is contents and no places: a folder that was moved is the same, one that was changed is not.
 */
export interface RunOrigin {
  /** A hash of all settings but the seed. */
  readonly settings: string;
  readonly seed: number;
  readonly data: DataOrigin;
  /** The run that it starts from; undefined: random weights. */
  readonly parent: ParentOrigin | undefined;
  /** Where the run was finished and then extended: the schedule had its end there. */
  readonly extendedAfterEpochs: readonly number[];
}

/** The run that another one starts from, as far as is known. */
export interface ParentOrigin {
  readonly folder: string;
  /** As in a run's record; earlier versions wrote none of them. */
  readonly weights?: string | undefined;
  readonly setting?: string | undefined;
  readonly seed?: number | undefined;
}

/** @param record undefined: there is none. Of a run that is to be made, what it would have */
export function runOrigin(
  config: Config,
  record: Pick<RunRecord, 'dataset' | 'parent'> | undefined,
  extendedAfterEpochs: readonly number[] = [],
): RunOrigin {
  return {
    settings: settingsHash(config),
    seed: config.seed,
    data: dataOrigin(config.dataset, record?.dataset),
    parent: config.from === undefined ? undefined : { folder: config.from, ...record?.parent },
    extendedAfterEpochs,
  };
}

/** Whether nothing that is known of two runs differs but what decides their last bits. */
export function isSameRun(a: RunOrigin, b: RunOrigin): boolean {
  return a.seed === b.seed && isSameBut(a, b, isSameParent);
}

/** Whether runs are one experiment: nothing that is known of them differs but the seed. */
export function isRepetition(a: RunOrigin, b: RunOrigin): boolean {
  return isSameBut(a, b, isParentOfSameSetting);
}

function isSameBut(
  a: RunOrigin,
  b: RunOrigin,
  isSameParent: (a: RunOrigin, b: RunOrigin) => boolean,
): boolean {
  return (
    a.settings === b.settings &&
    a.extendedAfterEpochs.join() === b.extendedAfterEpochs.join() &&
    isSameData(a.data, b.data) &&
    isSameParent(a, b)
  );
}

/** By its weights, else by what it was trained with, else by its folder. */
function isSameParent({ parent: a }: RunOrigin, { parent: b }: RunOrigin): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.weights !== undefined && b.weights !== undefined) return a.weights === b.weights;
  if (a.setting !== undefined && b.setting !== undefined) {
    return a.setting === b.setting && a.seed === b.seed;
  }
  return a.folder === b.folder;
}

/** Whether each starts from its own seed's run of one experiment, or both from one run. */
export function isParentOfSameSetting(a: RunOrigin, b: RunOrigin): boolean {
  if (a.parent === undefined || b.parent === undefined) return a.parent === b.parent;
  if (isSameParent(a, b)) return true;
  if (a.parent.setting !== undefined && b.parent.setting !== undefined) {
    const own = a.parent.seed === a.seed && b.parent.seed === b.seed;
    return own && a.parent.setting === b.parent.setting;
  }
  return folderOfAnySeed(a) === folderOfAnySeed(b);
}

function folderOfAnySeed({ parent, seed }: RunOrigin): string {
  return ofAnySeed(parent?.folder ?? '', seed);
}

/**
 * A hash of what an experiment is, its seed left out: of all that is known of it by contents, and of
 * nothing's place.
 *
 * @returns 16 hexadecimal digits
 */
export function settingIdentity({
  settings,
  data,
  parent,
  extendedAfterEpochs,
}: RunOrigin): string {
  const of = [settings, data.contents ?? data.files ?? null, extendedAfterEpochs];
  const text = JSON.stringify([...of, parent?.setting ?? null]);
  return shortDigest(text);
}
