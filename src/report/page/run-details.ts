import { formatConfig } from '../../config/config.js';
import type { FinishedRunSummary } from '../../runs/run-summary.js';
import { gatesFigure } from '../figures/gates.js';
import { layerBars } from '../figures/layer-bars.js';
import { runName, shownLayers } from '../figures/layers.js';
import { renderSvg } from '../figures/render.js';
import { formatTradeOff } from '../format.js';
import type { ReportGroup } from '../report.js';
import { differingKeys, flatConfig } from '../../config/naming/settings.js';
import { configLines } from './config-lines.js';
import { figure } from './figure.js';
import { markup, type Html } from './html.js';

/** Each run of a group, to be opened: its layers, its gates over the epochs, and its config. */
export async function runDetails({ rows }: ReportGroup, prefix: string): Promise<Html[]> {
  const configs = rows.flatMap(({ runs }) => runs.map(({ config }) => flatConfig(config, [])));
  const different = differingKeys(configs);
  const details: Html[] = [];
  for (const row of rows) {
    for (const run of row.runs) {
      const name = runName(row, run);
      details.push(await oneRun(run, name, different, `${prefix}-${details.length}`));
    }
  }
  return details;
}

async function oneRun(
  run: FinishedRunSummary,
  name: string,
  different: readonly string[],
  prefix: string,
): Promise<Html> {
  const gates = gatesFigure(run.epochs);
  return markup`<details>
    <summary>${name} <span class="figures">${formatTradeOff(run.result)}</span></summary>
    <p class="about">In <code>${run.folder}</code></p>
    ${figure(
      await renderSvg(layerBars(shownLayers(run)), `${prefix}-layers`),
      'Bits of weights and of what each layer gives, and channels that are kept.',
    )}
    ${
      gates
        ? figure(
            await renderSvg(gates, `${prefix}-gates`),
            'How likely each gate was to be open after each epoch; blank where there is no such gate.',
          )
        : undefined
    }
    <pre>${configLines(formatConfig(run.config), different).map(({ text, isDifferent }) =>
      isDifferent ? markup`<mark>${text}</mark>\n` : `${text}\n`,
    )}</pre>
  </details>`;
}
