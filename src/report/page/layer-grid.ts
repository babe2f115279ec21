import { wholePercent } from '../../text/figures.js';
import { groupBy } from '../../text/group-by.js';
import { runName, shownLayers, type ShownLayer } from '../figures/layers.js';
import type { ReportGroup } from '../report.js';
import type { Anchors } from './anchors.js';
import { bitsCell } from './bits-cell.js';
import { markup, type Html } from './html.js';

/** For networks with more layers, the parts are stacked. */
const mostSideBySide = 8;

interface Line {
  readonly name: string;
  readonly anchor: string;
  readonly layers: readonly ShownLayer[];
}

interface Part {
  readonly title: string;
  readonly valueOf: (layer: ShownLayer) => number | null;
  readonly cell: (value: number | null) => Html;
}

const parts: readonly Part[] = [
  { title: 'Bits of weights', valueOf: ({ weightBits }) => weightBits, cell: bitsCell },
  { title: 'Bits of activations', valueOf: ({ activationBits }) => activationBits, cell: bitsCell },
  { title: 'Kept channels (%)', valueOf: ({ keptPercent }) => keptPercent, cell: keptCell },
];

/**
 * All runs at once, with a table for each network: a row for each run, a column for each layer, and bits and
 * kept channels as numbers and colors.
 */
export function layerGrids({ rows }: ReportGroup, anchors: Anchors): Html[] {
  const lines = rows.flatMap((row) =>
    row.runs.map((run) => ({
      name: runName(row, run),
      anchor: anchors.ofRun(row, run),
      layers: shownLayers(run),
    })),
  );
  const networks = groupBy(lines, ({ layers }) => layers.map(({ name }) => name).join('\n'));
  return [...networks.values()].flatMap((own) => {
    const most = Math.max(...own.map(({ layers }) => layers.length));
    const shown = parts.filter(({ valueOf }) => columnsOf(own, valueOf).length > 0);
    return most > mostSideBySide ? shown.map((part) => grid(own, [part])) : [grid(own, shown)];
  });
}

function grid(lines: readonly Line[], shown: readonly Part[]): Html {
  const columns = shown.map(({ valueOf }) => columnsOf(lines, valueOf));
  return markup`<div class="scroll"><table class="grid">
<thead>
<tr><th rowspan="2"></th>${shown.map(
    ({ title }, index) =>
      markup`<th colspan="${columns[index]?.length}" scope="colgroup">${title}</th>`,
  )}</tr>
<tr>${columns.flat().map(({ name }) => markup`<th scope="col"><span>${name}</span></th>`)}</tr>
</thead>
<tbody>
${lines.map(
  ({ name, anchor, layers }) =>
    markup`<tr><th scope="row"><a href="#${anchor}">${name}</a></th>${shown.map(
      ({ valueOf, cell }, index) =>
        columns[index]?.map(({ at }) => {
          const layer = layers[at];
          return cell(layer ? valueOf(layer) : null);
        }),
    )}</tr>
`,
)}</tbody>
</table></div>
`;
}

/** The layers that have a value in any line. */
function columnsOf(lines: readonly Line[], valueOf: Part['valueOf']) {
  const [first] = lines;
  return (first?.layers ?? [])
    .map(({ name }, at) => ({ name, at }))
    .filter(({ at }) => lines.some(({ layers }) => layers[at] && valueOf(layers[at]) !== null));
}

function keptCell(percent: number | null): Html {
  if (percent === null) return markup`<td></td>`;
  return markup`<td class="k${Math.round(percent / 10)}">${wholePercent(percent)}</td>`;
}
