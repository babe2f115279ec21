import type { GateDistribution } from './gate-distribution.js';
import { hardConcrete } from './hard-concrete.js';

/** The distributions of gates that there are, by their names in configs. */
export const gateDistributions = {
  'hard-concrete': hardConcrete,
} satisfies Record<string, GateDistribution>;

export type GateDistributionName = keyof typeof gateDistributions;

/** The published one, which a config has unless it names another. */
export const defaultGateDistribution: GateDistributionName = 'hard-concrete';
