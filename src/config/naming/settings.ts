import { basename } from 'node:path';
import type { Config } from '../config.js';
import { everything } from '../learnable.js';
import { parentName } from './identity.js';
import { recipeInWords } from './recipe-words.js';
import { isNamed, priceName, variantName } from './variant-name.js';

/** A config's settings as text, by key such as `gates.sampling`. */
export type FlatConfig = ReadonlyMap<string, string>;

/** Keys that repetitions of a run may differ in, or that depend on the machine. */
export const notSettings = ['seed', 'backend', 'threads', 'tf32'];

/**
 * A config's settings as text; the user's own network is one setting.
 *
 * @param without keys to omit
 */
export function flatConfig(config: Config, without: readonly string[] = notSettings): FlatConfig {
  const flat = new Map<string, string>();
  const add = (value: unknown, path: readonly string[]): void => {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isSection)
      flat.set(path.join('.'), typeof value === 'string' ? value : JSON.stringify(value));
    else for (const [key, inner] of Object.entries(value)) add(inner, [...path, key]);
  };
  for (const [key, value] of Object.entries(config)) {
    if (!without.includes(key)) add(value, [key]);
  }
  return flat;
}

/** The keys whose values differ between configs, in the configs' order. */
export function differingKeys(configs: readonly FlatConfig[]): string[] {
  const keys = new Set(configs.flatMap((config) => [...config.keys()]));
  return [...keys].filter((key) => new Set(configs.map((config) => config.get(key))).size > 1);
}

/**
 * Names of settings by their differences, such as `resnet20, gates.learningRate 0.01`; empty if only mu
 * differs. The user's own networks are numbered.
 */
export function settingNames(configs: readonly Config[]): string[] {
  const flat = configs.map(flatSetting);
  const keys = differingKeys(flat).filter((key) => key !== 'mu');
  const all = new Set(flat.flatMap((setting) => [...setting.keys()]));
  const own = new Set(flat.flatMap((setting) => setting.get('model.layers') ?? []));
  return configs.map(({ training }, index) =>
    keys
      .flatMap((key) => {
        const value = flat[index]?.get(key);
        if (value === undefined) return [];
        if (key === 'training.validationImages' && training.validationImages === 0) return [];
        if (key === 'training.learns') return learnsInWords(training.learns) ?? [];
        const words = recipeInWords(key, value);
        if (words !== undefined) return [words];
        if (isInWords(key)) return [value];
        if (key === 'model.layers') return [`own network ${[...own].indexOf(value) + 1}`];
        return [`${shortKey(key, all)} ${value}`];
      })
      .join(', '),
  );
}

/** A config's settings, with short names for long values. */
function flatSetting(config: Config): FlatConfig {
  const { dataset, seed } = config;
  // The training method's name replaces its keys, which are longer.
  const others = [...flatConfig(config, [...notSettings, 'dataset'])].filter(
    ([key]) => !isNamed(key),
  );
  return new Map([
    [variantKey, variantName(config)],
    ['dataset', 'name' in dataset ? dataset.name : basename(dataset.path)],
    ...others.map(([key, value]): [string, string] => {
      if (key === 'from') return [key, `from ${parentName(value, seed)}`];
      return [key, key === teacherKey ? parentName(value, seed) : value];
    }),
  ]);
}

/** The training recipe apart from the method, in words: `SGD`, `label smoothing 0.1`. */
export function recipeOf(config: Config): string[] {
  const { seed, regularizer } = config;
  const price = priceName(regularizer);
  const told = [...flatConfig(config)].flatMap(
    ([key, value]) =>
      recipeInWords(key, key === teacherKey ? parentName(value, seed) : value) ?? [],
  );
  return price === '' ? told : [price, ...told];
}

/** `learns gates and ranges`; empty if everything learns. */
export function learnsInWords(learns: readonly string[]): string | undefined {
  if (everything.every((kind) => learns.includes(kind))) return undefined;
  return `learns ${learns.join(' and ')}`;
}

function isInWords(key: string): boolean {
  return ['dataset', 'model.name', variantKey, 'from'].includes(key);
}

const variantKey = 'quantization';

/** The key of the teacher's folder. */
export const teacherKey = 'teacher.run';

/** The shortest unambiguous end of a key: `gates.learningRate`, `sampling`. */
export function shortKey(key: string, all: Iterable<string>): string {
  const others = [...all].filter((other) => other !== key);
  const parts = key.split('.');
  for (let count = 1; count < parts.length; count++) {
    const short = parts.slice(-count).join('.');
    if (!others.some((other) => other.endsWith(`.${short}`) || other === short)) return short;
  }
  return key;
}
