import * as vega from 'vega';
import { compile as toVega, type Config, type TopLevelSpec } from 'vega-lite';
import { textWidth } from './text-width.js';
import { themeOf } from './theme.js';

/** Lay out and draw pictures in Node, without a browser. */

// Vega exports textMetrics, but Vega's types lack it.
declare module 'vega' {
  interface MeasuredText {
    readonly fontSize?: number;
    readonly fontWeight?: string | number;
    /** Width to cut the text to; 0: no limit. */
    readonly limit?: number;
  }
  const textMetrics: { width: (item: MeasuredText, text: string | number | null) => number };
}

/** Replace the inaccurate estimate that Vega uses to lay out legends without a canvas, as for SVG. */
vega.textMetrics.width = ({ fontSize = 11, fontWeight, limit = 0 }, text) => {
  const width = textWidth(String(text ?? ''), fontSize, fontWeight === 'bold');
  return limit > 0 ? Math.min(width, limit) : width;
};

/** A laid out picture, ready to be drawn in one or more formats. */
export type Drawing = vega.View;

/** Lay out a picture. @param size of the text in axes and legends */
export async function layOut(spec: TopLevelSpec, size: number): Promise<Drawing> {
  const config = vega.mergeConfig<Config>(themeOf(size), spec.config ?? {});
  const { spec: compiled } = toVega({ ...spec, config }, { logger: quiet() });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: quiet() });
  return view.runAsync();
}

/** Draw a picture as SVG. @param prefix of its internal ids, so that pictures can share a page */
export async function drawSvg(drawing: Drawing, prefix: string): Promise<string> {
  vega.resetSVGDefIds();
  return tidy(await drawing.toSVG(), prefix);
}

/** Warnings are for the author of a specification, not for the reader of a report. */
function quiet(): vega.LoggerInterface {
  return vega.logger(vega.Error);
}

/** Shorten an SVG and make its ids unique: Vega numbers gradients and clips from 0 in each picture. */
function tidy(svg: string, prefix: string): string {
  return svg
    .replaceAll(/ aria-roledescription="[^"]*"/g, '')
    .replaceAll(/<path class="foreground" aria-hidden="true" d=""[^>]*\/>/g, '')
    .replaceAll(/ id="((?:clip|gradient)\w*)"/g, ` id="${prefix}-$1"`)
    .replaceAll(/url\(#((?:clip|gradient)\w*)\)/g, `url(#${prefix}-$1)`)
    .replaceAll(/ (?:transform|d|x2|y2)="[^"]*"/g, (attribute) =>
      attribute.replaceAll(/\d+\.\d{3,}(?:e-\d+)?/g, (number) =>
        String(Number(Number(number).toFixed(2))),
      ),
    );
}
