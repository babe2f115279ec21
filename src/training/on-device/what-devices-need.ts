import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { hardConcrete } from '../../bayesian-bits/hard-concrete.js';
import type { Price } from '../../bayesian-bits/price.js';
import type { SiteSetup } from '../../setup/gate-setup.js';

export interface WhatDevicesNeed {
  readonly distribution: GatesOnDevice;
  /** The price's lambdas of each quantizer. */
  readonly lambdas: readonly (readonly number[])[];
}

/**
 * The gate distribution and the price in the form that a device needs.
 *
 * @returns undefined if the distribution or the price exists only for the host, which then keeps the gates
 */
export function whatDevicesNeed(
  setups: readonly SiteSetup[],
  { lambdas }: Price,
): WhatDevicesNeed | undefined {
  const [distribution = hardConcrete, ...others] = new Set(
    setups.map((setup) => setup.distribution),
  );
  if (others.length > 0 || !distribution.onDevice || !lambdas) return undefined;
  return { distribution: distribution.onDevice, lambdas };
}
