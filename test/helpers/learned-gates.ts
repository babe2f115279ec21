import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import { hardConcrete } from '../../src/bayesian-bits/hard-concrete.js';
import type { Config } from '../../src/config/config.js';
import type { QuantizerSite } from '../../src/nn/plan.js';
import type { SiteSetup } from '../../src/setup/gate-setup.js';

/** The same initial gates for all sites, all of them learned. */
export function learnedGates(
  sites: readonly QuantizerSite[],
  initialPhi: Config['gates']['initialPhi'],
): SiteSetup[] {
  const { 2: channels, ...bits } = initialPhi;
  return sites.map((site) => ({
    site,
    distribution: hardConcrete,
    bits: gatedBitWidths.map((gate) => bits[gate]),
    channels,
    smallest: 2,
  }));
}
