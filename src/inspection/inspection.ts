import type { ParameterCount } from '../setup/learned-parameters.js';
import type { DataShape } from '../setup/plan-for-config.js';
import type { NetworkInspection } from './network-inspection.js';

/** The figures that `bbits inspect` shows for a config or a run. */
export interface Inspection extends NetworkInspection {
  /** What is shown: a config with all channels, or a run with the channels that it kept. */
  readonly source: { readonly type: 'config' | 'run'; readonly path: string };
  readonly dataset: DataShape;
  /** Such as `w8a8` for weights and activations; `learned`: from the run; `fixed`: from the config. */
  readonly bits: string;
  /** Trained and constant parameters. */
  readonly parameters: readonly ParameterCount[];
  /** Further training settings, in words; absent if there are none. */
  readonly recipe?: readonly string[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}
