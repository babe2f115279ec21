import type { TopLevelSpec } from 'vega-lite';
import { keptDrawing } from '../cache/drawings.js';
import type { ReportGroup } from '../report.js';
import { figureStyles, type FigureOptions } from './figure-style.js';
import { fontSize as usualSize } from './theme.js';
import { tradeOffFigure } from './trade-off.js';

/** Pictures are cached, and the drawing libraries, which load slowly, are imported only if one is missing. */

export type PrintWidth = 'column' | 'page';

/** A picture in the formats for papers and READMEs. */
export interface PrintedFigure {
  readonly svg: string;
  readonly pdf: Buffer;
  readonly png: Buffer;
}

/** Draw the trade-offs of all groups for print, stacked vertically, with titles if there are several. */
export async function printFigure(
  groups: readonly ReportGroup[],
  width: PrintWidth,
  options: FigureOptions,
): Promise<PrintedFigure> {
  const style = figureStyles[width];
  const parts = groups.map((group) => {
    const title = groups.length > 1 ? { title: group.title } : {};
    return { ...tradeOffFigure(group, style, options), ...title };
  });
  const title = groups.map(({ title }) => title).join('; ');
  const specification = { parts, title, fontSize: style.fontSize };
  const { svg, pdf, png } = await keptDrawing(specification, async () => {
    const { drawForPrint } = await import('./draw.js');
    return drawForPrint(specification);
  });
  return { svg: svg.toString(), pdf, png };
}

/** Draw a specification as SVG for a page. */
export async function renderSvg(
  spec: TopLevelSpec,
  prefix: string,
  fontSize = usualSize,
): Promise<string> {
  const specification = { spec, prefix, fontSize };
  const { svg } = await keptDrawing(specification, async () => {
    const { drawForPage } = await import('./draw.js');
    return drawForPage(specification);
  });
  return svg.toString();
}
