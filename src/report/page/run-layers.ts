import type { ShownLayer } from '../figures/layers.js';
import { bitsCell } from './bits-cell.js';
import { markup, type Html } from './html.js';

/** One run's network: bits of weights and outputs, and kept channels. */
export function runLayers(layers: readonly ShownLayer[]): Html {
  return markup`<div class="scroll"><table class="grid">
<thead><tr><th>Layer</th><th>Weights, bits</th><th>Activations, bits</th><th>Kept channels</th></tr></thead>
<tbody>
${layers.map(
  ({ name, weightBits, activationBits, ...layer }) =>
    markup`<tr><th scope="row">${name}</th>${bitsCell(weightBits)}${bitsCell(activationBits)}${kept(layer)}</tr>
`,
)}</tbody>
</table></div>
`;
}

/** Show kept channels as a number and, if some can be dropped, a bar. */
function kept({
  channels,
  keptChannels,
  keptPercent,
}: Pick<ShownLayer, 'channels' | 'keptChannels' | 'keptPercent'>) {
  const text = `${keptChannels} of ${channels}`;
  if (keptPercent === null) return markup`<td>${text}</td>`;
  return markup`<td class="bar" style="--kept:${keptPercent.toFixed(1)}%">${text}</td>`;
}
