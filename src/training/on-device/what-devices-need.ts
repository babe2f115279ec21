import type { GatesOnDevice } from '../../bayesian-bits/gate-distribution.js';
import { hardConcrete } from '../../bayesian-bits/hard-concrete.js';
import type { Price } from '../../bayesian-bits/price.js';
import type { SiteSetup } from '../../setup/gate-setup.js';

export interface WhatDevicesNeed {
  readonly distribution: GatesOnDevice;
  /** Of each quantizer. */
  readonly lambdas: readonly (readonly number[])[];
}

/**
 * What of gates and their price a device has to know.
 *
 * @returns undefined where a distribution or a price is there in plain numbers alone: the host has the gates then
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
