import type { EpochSummary } from '../../runs/epoch-history.js';
import { wholePercent } from '../../text/figures.js';
import { escapeHtml, markup, trusted, type Html } from './html.js';

/** Steps between distinguishable colors; consecutive epochs of one color share a segment of the strip. */
const levels = 10;

const lastOnly = markup`<p class="about">Gates of the last epoch: earlier ones were not kept (<code>bbits runs compact --without-gate-history</code>).</p>
`;

/** Consecutive epochs in which a gate hardly changes. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The probability that each gate of a run was open, after each epoch: a row for each quantizer in network
 * order, and for each of its gates a strip of colors with the last value. The page's script reads a strip's
 * values from `data-open`: `1-5:100-98 6:97` is 100 to 98 % in epochs 1 to 5, then 97 %. Epochs whose gates
 * were not kept have no color, and a sentence says so.
 */
export function gatesTable(epochs: readonly EpochSummary[]): Html | undefined {
  const gates = epochs.at(-1)?.gates ?? [];
  const widths = [...new Set(gates.flatMap(({ openPercent }) => Object.keys(openPercent)))].sort(
    (a, b) => Number(a) - Number(b),
  );
  if (widths.length === 0) return undefined;
  const isLastOnly = epochs.slice(0, -1).some((epoch) => epoch.gates.length === 0);
  return markup`${isLastOnly ? lastOnly : ''}<div class="scroll"><table class="gates">
<thead><tr><th></th>${widths.map((width) => markup`<th>${gateName(width)}</th>`)}</tr></thead>
<tbody>
${gates.map(
  ({ name }, index) =>
    markup`<tr><th scope="row">${name}</th>${trusted(
      widths.map((width) => strip(spansOf(epochs, name, index, width))).join(''),
    )}</tr>
`,
)}</tbody>
</table></div>
`;
}

function spansOf(
  epochs: readonly EpochSummary[],
  name: string,
  index: number,
  width: string,
): Span[] {
  const spans: Span[] = [];
  for (const { epoch, gates } of epochs) {
    // Usually all epochs have the same gates in the same order.
    const own =
      gates[index]?.name === name ? gates[index] : gates.find((gate) => gate.name === name);
    const open = own?.openPercent[width];
    if (open === undefined) continue;
    const span = spans.at(-1);
    if (span?.to === epoch - 1 && levelOf(span.first) === levelOf(open)) {
      spans[spans.length - 1] = { ...span, to: epoch, last: open };
    } else spans.push({ from: epoch, to: epoch, first: open, last: open });
  }
  return spans;
}

/** A cell, as plain text: a page may have a hundred thousand. */
function strip(spans: readonly Span[]): string {
  const end = spans.at(-1);
  if (end === undefined) return '<td></td>';
  let [told, parts, until] = ['', '', 0];
  for (const { from, to, first, last } of spans) {
    told += `${told && ' '}${range(from, to)}:${range(wholePercent(first), wholePercent(last))}`;
    if (from > until + 1) parts += part('', from - until - 1);
    parts += part(`o${levelOf(first)}`, to - from + 1);
    until = to;
  }
  return `<td data-open="${escapeHtml(told)}"><span>${parts}</span>${escapeHtml(wholePercent(end.last))}</td>`;
}

/** A segment of a strip, as wide as its number of epochs; without a class, it has no color. */
function part(className: string, epochs: number): string {
  return `<i class="${className}" style="flex:${epochs}"></i>`;
}

function range(from: string | number, to: string | number): string {
  return from === to ? String(from) : `${from}-${to}`;
}

function levelOf(percent: number): number {
  return Math.round((percent / 100) * levels);
}

/** The 2-bit gates keep or drop channels. */
function gateName(width: string): string {
  return width === '2' ? 'channels' : `${width} bits`;
}
