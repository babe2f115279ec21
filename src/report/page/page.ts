import { createHash } from 'node:crypto';
import { packageVersion } from '../../version.js';
import { counted } from '../../text/counted.js';
import type { Comparison } from '../comparison/compare-methods.js';
import { comparisonParts } from '../comparison/comparison-lines.js';
import { columnNotes } from '../columns.js';
import { epochsCaption, epochsFigure } from '../figures/epochs.js';
import { figureStyles, type FigureOptions } from '../figures/figure-style.js';
import { renderSvg } from '../figures/pictures.js';
import { tradeOffCaption } from '../figures/trade-off-axes.js';
import { tradeOffFigure } from '../figures/trade-off.js';
import type { Report, ReportGroup } from '../report.js';
import { anchorsOf, type Anchors } from './anchors.js';
import { figure } from './figure.js';
import { markup, trusted, type Html } from './html.js';
import { layerGrids } from './layer-grid.js';
import { runDetails } from './run-details.js';
import { script } from './script.js';
import { style } from './style.js';
import { tradeOffTable } from './trade-off-table.js';

/** `report.html`: a self-contained page that loads nothing. */
export async function reportPage(report: Report, options: FigureOptions = {}): Promise<string> {
  const sections: Html[] = [];
  for (const [index, group] of report.groups.entries()) {
    sections.push(await section(group, report.bopsDefinition, `group${index}`, options));
  }
  const scriptHash = createHash('sha256').update(script).digest('base64');
  // Whatever a run's files inject into the page, none of it is loaded or executed.
  const policy = `default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'`;
  const runs = report.groups.flatMap(({ rows }) => rows.flatMap((row) => row.runs)).length;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Accuracy against bit operations</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<h1>Accuracy against bit operations</h1>
<p class="about">${counted(runs, 'run')}, read by bbits ${packageVersion()}</p>
${sections}
${runsInNoTable(report)}
${list('Notes', report.notes)}
</main>
<div id="tip" role="tooltip" hidden></div>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.html;
}

async function section(
  group: ReportGroup,
  bopsDefinition: string,
  prefix: string,
  options: FigureOptions,
): Promise<Html> {
  const anchors = anchorsOf(group, prefix);
  return markup`<section>
    <h2>${group.title}</h2>
    ${await tradeOff(group, `${prefix}-trade-off`, options, anchors)}
    ${tradeOffTable(group, anchors)}
    <ul class="notes">
      ${[...columnNotes(group), bopsDefinition].map((note) => markup`<li>${note}</li>`)}
    </ul>
    ${group.comparison ? comparison(group.comparison, anchors) : undefined}
    <h3>Layers of each run</h3>
    <p class="about">Activations are a layer’s outputs; the last layer’s are not quantized.</p>
    ${layerGrids(group, anchors)}
    <h3>Over the epochs</h3>
    ${figure(await renderSvg(epochsFigure(group), `${prefix}-epochs`), epochsCaption(group))}
    <h3>Runs</h3>
    <p class="about">
      Expand a run for its layers, the probability that each gate was open after each epoch (point at a strip for
      its values; blank: no such gate), and the settings that differ between these runs.
    </p>
    ${runDetails(group, anchors)}
  </section>`;
}

function comparison(of: Comparison, anchors: Anchors): Html[] {
  return comparisonParts(of).map(
    ({ title, lines }) => markup`<h3>${title}</h3>
      <ul>
        ${lines.map(
          ({ text, methods }) =>
            markup`<li>${text} ${methods.map(
              (method) => markup`<a class="runs" href="#${anchors.ofMethod(method)}">runs</a> `,
            )}</li>`,
        )}
      </ul>`,
  );
}

/** Drawn for a desktop window and for a phone: the style sheet shows the one that fits. */
async function tradeOff(
  group: ReportGroup,
  prefix: string,
  options: FigureOptions,
  anchors: Anchors,
): Promise<Html> {
  const draw = async (size: 'wide' | 'narrow') => {
    const style = figureStyles[size];
    const spec = tradeOffFigure(group, style, options, (row) => `#${anchors.ofRow(row)}`);
    return markup`<div class="${size}">${trusted(await renderSvg(spec, `${prefix}-${size}`, style.fontSize))}</div>`;
  };
  return markup`<figure class="trade-off">
      ${await draw('wide')}${await draw('narrow')}
      <figcaption>${tradeOffCaption(group, options)}. Point at a mark for its figures, or click it for its runs.</figcaption>
    </figure>`;
}

function runsInNoTable({ unfinished, superseded }: Report): Html {
  const lines = unfinished.map(({ folder, status, reason }) =>
    [`${status}: ${folder}`, ...(reason === undefined ? [] : [reason])].join('; '),
  );
  const again = superseded.map(({ folder, status }) => `${status}: ${folder}`);
  return markup`${list('Runs in no table', lines)}${list('Ended early, and run again', again)}`;
}

function list(title: string, lines: readonly string[]): Html | string {
  if (lines.length === 0) return '';
  return markup`<h2>${title}</h2>
    <ul>
      ${lines.map((line) => markup`<li>${line}</li>`)}
    </ul>`;
}
