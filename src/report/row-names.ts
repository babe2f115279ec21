import { parseConfig, type Config } from '../config/config.js';
import { parentName } from '../config/naming/identity.js';
import { recipeInWords } from '../config/naming/recipe-words.js';
import {
  isInMethod,
  isWithoutEffect,
  methodPoint,
  type Point,
} from '../config/naming/method-name.js';
import {
  differingKeys,
  flatConfig,
  learnsInWords,
  shortKey,
  teacherKey,
  type FlatConfig,
} from '../config/naming/settings.js';
import { counted } from '../text/counted.js';
import { groupBy } from '../text/group-by.js';

/** A row that has no name yet. */
export interface Nameless {
  readonly config: Config;
  /** Further distinguishing facts, in words, by topic. */
  readonly further: FlatConfig;
  /** The user's name for its method; undefined: named by its config. */
  readonly label: string | undefined;
}

/** A row's method, and its point on the method's curve. */
export interface RowName {
  /** Empty if all rows have the same method. */
  readonly method: string;
  readonly point: Point;
  /** What distinguishes it from other rows of its method; usually empty. */
  readonly extra: string;
}

export interface RowNames {
  readonly names: readonly RowName[];
  /** Settings common to all rows, except defaults. */
  readonly shared: readonly string[];
  /** Settings common to a method's rows but not to all rows, by method. */
  readonly details: ReadonlyMap<string, readonly string[]>;
}

/**
 * Name the rows of one data set. Settings without effect on a row's result are left out of the name, unless
 * rows differ in nothing else.
 *
 * @param groupKey a config key whose values name the methods, as in `model.width`
 */
export function nameRows(rows: readonly Nameless[], groupKey?: string): RowNames {
  const words = wordsFor(rows);
  const flats = rows.map((row) => settingsOf(row, groupKey));
  const points = rows.map(({ config }) => methodPoint(config));
  const bases = rows.map(({ label, config }, index) => {
    if (label !== undefined) return label;
    if (groupKey === undefined) return points[index]?.method ?? '';
    const value = flatConfig(config, []).get(groupKey);
    return value === undefined ? `no ${groupKey}` : words(groupKey, value, index);
  });
  const isOneBase = new Set(bases).size === 1;
  const ofModel = varied(flats).filter((key) => key.startsWith('model.'));
  const indexes = rows.map((_, index) => index);
  const methods = new Array<string>(rows.length).fill('');
  for (const [base, members] of groupBy(indexes, (index) => bases[index] ?? '')) {
    // A method that the user has named is never split.
    const isNamed = groupKey !== undefined || rows[members[0] ?? 0]?.label !== undefined;
    const split = isNamed ? [] : varied(members.map((index) => flats[index] ?? new Map()));
    const keys = isNamed ? [] : [...new Set([...ofModel, ...split])];
    for (const index of members) {
      const parts = [isOneBase && !isNamed ? '' : base, ...inWords(keys, flats, index, words)];
      methods[index] = parts.filter((part) => part !== '').join(', ');
    }
  }
  const extras = extrasOf(rows, methods, points, flats, words);
  const common = commonOf(flats, methods, words);
  return {
    names: rows.map((_, index) => ({
      method: methods[index] ?? '',
      point: points[index]?.point ?? { by: 'nothing', value: '', order: 0 },
      extra: extras[index] ?? '',
    })),
    shared: [...(isOneBase ? [...new Set(bases)] : []), ...common.shared],
    details: common.details,
  };
}

type Words = (key: string, value: string, index: number) => string;

/** The keys with more than one value; a missing key does not count as a value. */
function varied(flats: readonly FlatConfig[]): string[] {
  const keys = new Set(flats.flatMap((flat) => [...flat.keys()]));
  return [...keys].filter((key) => new Set(flats.flatMap((flat) => flat.get(key) ?? [])).size > 1);
}

/** Settings that affect a row's result and are not part of its method's name. */
function settingsOf({ config, further }: Nameless, groupKey: string | undefined): FlatConfig {
  const settings = [...flatConfig(config)].filter(
    ([key]) =>
      !key.startsWith('dataset') &&
      key !== groupKey &&
      !isInMethod(key, config) &&
      !isWithoutEffect(key, config),
  );
  const { seed } = config;
  const told = settings.map(([key, value]): [string, string] =>
    key === 'from' || key === teacherKey ? [key, parentName(value, seed)] : [key, value],
  );
  return new Map([...told, ...further]);
}

function inWords(
  keys: readonly string[],
  flats: readonly FlatConfig[],
  index: number,
  words: Words,
): string[] {
  return keys.flatMap((key) => {
    const value = flats[index]?.get(key);
    return value === undefined ? [] : [words(key, value, index)];
  });
}

/** Settings in which rows of one method and point differ, whether or not they have an effect. */
function extrasOf(
  rows: readonly Nameless[],
  methods: readonly string[],
  points: readonly { readonly method: string; readonly point: Point }[],
  flats: readonly FlatConfig[],
  words: Words,
): string[] {
  const extras = new Array<string>(rows.length).fill('');
  const all = rows.map(({ config }, index) => {
    const method = points[index]?.method ?? '';
    const settings = flatConfig(config).entries();
    return new Map([['method', method], ...settings, ...(flats[index] ?? [])]);
  });
  const told = (index: number) => `${methods[index]}\n${points[index]?.point.value ?? ''}`;
  for (const alike of groupBy([...rows.keys()], told).values()) {
    if (alike.length === 1) continue;
    const keys = differingKeys(alike.map((index) => all[index] ?? new Map()));
    const shown = keys.includes('method')
      ? keys.filter((key) => !/^(quantization|target)\.|^gates\.sampling|^regularizer\.w/.test(key))
      : keys;
    for (const index of alike) {
      extras[index] = inWords(shown, all, index, words)
        .filter((part) => part !== '')
        .join(', ');
    }
  }
  return extras;
}

function commonOf(
  flats: readonly FlatConfig[],
  methods: readonly string[],
  words: Words,
): Pick<RowNames, 'shared' | 'details'> {
  defaults ??= flatConfig(parseConfig('dataset: mnist\nmodel: lenet5', 'defaults'));
  const isUsual = (key: string, value: string | undefined) =>
    defaults?.get(key) === value || key.startsWith('model.');
  const different = varied(flats);
  const [first = new Map<string, string>()] = flats;
  const everywhere = [...first].filter(
    ([key, value]) => flats.every((flat) => flat.get(key) === value) && !isUsual(key, value),
  );
  const some = [...new Set(flats.flatMap((flat) => [...flat.keys()]))].filter(
    (key) => !everywhere.some(([other]) => other === key),
  );
  const details = groupBy([...flats.keys()], (index) => methods[index] ?? '');
  return {
    shared: everywhere.map(([key, value]) => words(key, value, 0)).filter((text) => text !== ''),
    details: new Map(
      [...details].map(([method, members]) => {
        const keys = some.filter((key) => {
          const values = new Set(members.map((index) => flats[index]?.get(key)));
          const [value] = values;
          const isNew = different.includes(key) || !isUsual(key, value);
          return values.size === 1 && value !== undefined && isNew;
        });
        const texts = inWords(keys, flats, members[0] ?? 0, words);
        return [method, texts.filter((text) => text !== '' && !method.includes(text))];
      }),
    ),
  };
}

let defaults: FlatConfig | undefined;

/** Describe settings in words: `3 epochs`, `resnet20`, `learns gates and ranges`. */
function wordsFor(rows: readonly Nameless[]): Words {
  const flats = rows.map(({ config }) => flatConfig(config));
  const all = new Set(flats.flatMap((flat) => [...flat.keys()]));
  const own = [...new Set(flats.flatMap((flat) => flat.get('model.layers') ?? []))];
  return (key, value, index) => {
    if (rows[index]?.further.has(key) || ['method', 'model.name'].includes(key)) return value;
    if (key === 'from') return `from ${value}`;
    if (key === 'model.layers') return `own network ${own.indexOf(value) + 1}`;
    if (key === 'training.validationImages') return value === '0' ? '' : `${value} held out`;
    if (key === 'training.images') return `${value} images`;
    if (key === 'training.epochs') return counted(Number(value), 'epoch');
    if (key === 'fineTuning.epochs') {
      return value === '0' ? '' : `fine-tuned for ${counted(Number(value), 'epoch')}`;
    }
    if (key === 'training.learns') return learnsInWords(JSON.parse(value) as string[]) ?? '';
    return recipeInWords(key, value) ?? `${shortKey(key, all)} ${value}`;
  };
}
