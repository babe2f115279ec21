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
  /** The run that it learns from; undefined: none. */
  readonly teacher?: ParentOrigin | undefined;
  /** Where the run was finished and then extended: the schedule had its end there. */
  readonly extendedAfterEpochs: readonly number[];
}

/** The run that another one starts or learns from, as far as is known. */
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
  record: Pick<RunRecord, 'dataset' | 'parent' | 'teacher'> | undefined,
  extendedAfterEpochs: readonly number[] = [],
): RunOrigin {
  return {
    settings: settingsHash(config),
    seed: config.seed,
    data: dataOrigin(config.dataset, record?.dataset),
    parent: config.from === undefined ? undefined : { folder: config.from, ...record?.parent },
    teacher: config.teacher && { folder: config.teacher.run, ...record?.teacher },
    extendedAfterEpochs,
  };
}

/** Whether nothing that is known of two runs differs but what decides their last bits. */
export function isSameRun(a: RunOrigin, b: RunOrigin): boolean {
  return (
    a.seed === b.seed &&
    isSameBut(a, b) &&
    isSameParent(a.parent, b.parent) &&
    isSameParent(a.teacher, b.teacher)
  );
}

/** Whether runs are one experiment: nothing that is known of them differs but the seed. */
export function isRepetition(a: RunOrigin, b: RunOrigin): boolean {
  return isSameBut(a, b) && isOfSameSetting('parent', a, b) && isOfSameSetting('teacher', a, b);
}

/** In all but their seeds and the runs that they come from. */
function isSameBut(a: RunOrigin, b: RunOrigin): boolean {
  return (
    a.settings === b.settings &&
    a.extendedAfterEpochs.join() === b.extendedAfterEpochs.join() &&
    isSameData(a.data, b.data)
  );
}

/** By its weights, else by what it was trained with, else by its folder. */
function isSameParent(a: ParentOrigin | undefined, b: ParentOrigin | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.weights !== undefined && b.weights !== undefined) return a.weights === b.weights;
  if (a.setting !== undefined && b.setting !== undefined) {
    return a.setting === b.setting && a.seed === b.seed;
  }
  return a.folder === b.folder;
}

/** The kinds of runs that another one comes from. */
export type SourceKind = 'parent' | 'teacher';

/** Whether each comes from its own seed's run of one experiment, or both from one run. */
export function isOfSameSetting(
  source: SourceKind,
  { seed: ownSeed, [source]: a }: RunOrigin,
  { seed: otherSeed, [source]: b }: RunOrigin,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (isSameParent(a, b)) return true;
  if (a.setting !== undefined && b.setting !== undefined) {
    return a.seed === ownSeed && b.seed === otherSeed && a.setting === b.setting;
  }
  return ofAnySeed(a.folder, ownSeed) === ofAnySeed(b.folder, otherSeed);
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
  teacher,
  extendedAfterEpochs,
}: RunOrigin): string {
  const of = [settings, data.contents ?? data.files ?? null, extendedAfterEpochs];
  const taught = teacher ? [teacher.setting ?? null] : [];
  const text = JSON.stringify([...of, parent?.setting ?? null, ...taught]);
  return shortDigest(text);
}
