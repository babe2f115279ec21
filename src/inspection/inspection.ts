import type { ParameterCount } from '../setup/learned-parameters.js';
import type { DataShape } from '../setup/plan-for-config.js';
import type { NetworkInspection } from './network-inspection.js';

/** What `bbits inspect` shows of a config or a run, in plain numbers. */
export interface Inspection extends NetworkInspection {
  /** Whether the channels are those of a run; a config's are all there. */
  readonly source: { readonly type: 'config' | 'run'; readonly path: string };
  readonly dataset: DataShape;
  /** As in `w8a8`, weights and activations; `learned`: each as in the run; `fixed`: as in the config. */
  readonly bits: string;
  /** What training moves, and what it leaves alone. */
  readonly parameters: readonly ParameterCount[];
  /** What else the config trains by, in words; absent: nothing. */
  readonly recipe?: readonly string[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}
