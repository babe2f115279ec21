import type { GateDistribution } from './gate-distribution.js';
import { hardConcrete } from './hard-concrete.js';

/** Gate distributions by their names in configs. */
export const gateDistributions = {
  'hard-concrete': hardConcrete,
} satisfies Record<string, GateDistribution>;

export type GateDistributionName = keyof typeof gateDistributions;

/** The published distribution, the default of configs. */
export const defaultGateDistribution: GateDistributionName = 'hard-concrete';
