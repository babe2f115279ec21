import { formatConfig } from '../../config/config.js';
import { differingKeys, flatConfig } from '../../config/naming/settings.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';
import { counted } from '../../text/counted.js';
import { groupBy } from '../../text/group-by.js';
import { runName, shownLayers } from '../figures/layers.js';
import { formatAccuracies, formatRelativeBops, formatTradeOff } from '../format.js';
import type { ReportGroup } from '../report.js';
import { pointName, type ReportRow } from '../rows.js';
import type { Anchors } from './anchors.js';
import { configLines } from './config-lines.js';
import { gatesTable } from './gates-table.js';
import { markup, type Html } from './html.js';
import { runLayers } from './run-layers.js';

/**
 * The runs of each row, by method. Each can be expanded: its layers, its gates over the epochs, and the
 * config keys that differ between runs. The full config of the first run is shown once.
 */
export function runDetails({ rows }: ReportGroup, anchors: Anchors): Html {
  const configs = new Map(
    rows.flatMap(({ runs }) => runs.map((run) => [run, flatConfig(run.config, [])] as const)),
  );
  const different = differingKeys([...configs.values()]);
  const own = (run: FinishedRunSummary) =>
    different.flatMap((key) => {
      const value = configs.get(run)?.get(key);
      return value === undefined ? [] : [`${key}: ${value}`];
    });
  const ofRow = (row: ReportRow) => markup`<h5 id="${anchors.ofRow(row)}">${rowTitle(row)}</h5>
${row.runs.map((run) => oneRun(row, run, own(run), anchors.ofRun(row, run)))}`;
  const [first] = rows[0]?.runs ?? [];
  return markup`${[...groupBy(rows, ({ method }) => method)].map(
    ([method, members]) =>
      markup`<h4 id="${anchors.ofMethod(method)}">${method === '' ? 'All' : method}</h4>
${members.map(ofRow)}`,
  )}
${first && config(first, different)}`;
}

function rowTitle(row: ReportRow): string {
  const { seeds, accuracyPercent, relativeBopsPercent } = row;
  const figures = `${formatAccuracies(accuracyPercent)} % at ${formatRelativeBops(relativeBopsPercent)} % BOPs`;
  return `${[pointName(row), figures].filter(Boolean).join(': ')} (${counted(seeds.length, 'run')})`;
}

function oneRun(
  row: ReportRow,
  run: FinishedRunSummary,
  own: readonly string[],
  anchor: string,
): Html {
  const gates = gatesTable(run.epochs);
  return markup`<details id="${anchor}">
<summary>${runName(row, run)} <span class="figures">${formatTradeOff(run.result)}</span></summary>
<p class="about">In <code>${run.folder}</code></p>
${runLayers(shownLayers(run))}${gates}${own.length > 0 ? markup`<pre>${own.join('\n')}</pre>` : undefined}
</details>
`;
}

function config({ config }: FinishedRunSummary, different: readonly string[]): Html {
  const lines = configLines(formatConfig(config), different);
  return markup`<h4>Config</h4>
<p class="about">The first run’s, with keys that differ between runs marked; each run above lists its own values.</p>
<pre>${lines.map(({ text, isDifferent }) =>
    isDifferent ? markup`<mark>${text}</mark>\n` : `${text}\n`,
  )}</pre>`;
}
