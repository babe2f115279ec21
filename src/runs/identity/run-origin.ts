import type { Config } from '../../config/config.js';
import { ofAnySeed, settingsHash } from '../../config/naming/identity.js';
import { shortDigest } from '../../files/checksum.js';
import type { RunRecord } from '../folder/record-file.js';
import { dataOrigin, isSameData, type DataOrigin } from './data-origin.js';

/**
 * Everything that decides a run's result except its last bits: runs of equal origin are the same run, trained
 * twice. Contents count, not locations: a moved folder is the same, a changed one is not.
 */
export interface RunOrigin {
  /** Hash of the settings that decide the result: see `settingsHash`. */
  readonly settings: string;
  readonly seed: number;
  readonly data: DataOrigin;
  /** The run whose weights it starts from; undefined: random weights. */
  readonly parent: ParentOrigin | undefined;
  /** The run that it distills from; undefined: none. */
  readonly teacher?: ParentOrigin | undefined;
  /** Numbers of epochs after which it was finished and then extended: at each, a schedule ended. */
  readonly extendedAfterEpochs: readonly number[];
}

/** A parent or teacher run, as far as it is known. */
export interface ParentOrigin {
  readonly folder: string;
  /** As in a run's record; absent in earlier versions. */
  readonly weights?: string | undefined;
  readonly setting?: string | undefined;
  readonly seed?: number | undefined;
}

/** @param record undefined if there is none; for a planned run, the record that it would have */
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

/** Whether two runs have no known difference beyond their last bits. */
export function isSameRun(a: RunOrigin, b: RunOrigin): boolean {
  return (
    a.seed === b.seed &&
    isSameBut(a, b) &&
    isSameParent(a.parent, b.parent) &&
    isSameParent(a.teacher, b.teacher)
  );
}

/** Whether two runs repeat one experiment: they have no known difference except the seed. */
export function isRepetition(a: RunOrigin, b: RunOrigin): boolean {
  return isSameBut(a, b) && isOfSameSetting('parent', a, b) && isOfSameSetting('teacher', a, b);
}

/** Equal except for seeds, parents and teachers. */
function isSameBut(a: RunOrigin, b: RunOrigin): boolean {
  return (
    a.settings === b.settings &&
    a.extendedAfterEpochs.join() === b.extendedAfterEpochs.join() &&
    isSameData(a.data, b.data)
  );
}

/** Compare by weights, else by setting and seed, else by folder. */
function isSameParent(a: ParentOrigin | undefined, b: ParentOrigin | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.weights !== undefined && b.weights !== undefined) return a.weights === b.weights;
  if (a.setting !== undefined && b.setting !== undefined) {
    return a.setting === b.setting && a.seed === b.seed;
  }
  return a.folder === b.folder;
}

/** The roles of a run that another is made from. */
export type SourceKind = 'parent' | 'teacher';

/** Whether both use one source, or sources of one experiment, each with the seed of the run using it. */
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
 * Hash of an experiment without its seed: of settings and contents, never of locations.
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
