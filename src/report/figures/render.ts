import * as vega from 'vega';
import { compile as toVega, type Config, type TopLevelSpec } from 'vega-lite';
import { textWidth } from './text-width.js';
import { themeOf } from './theme.js';

/** Pictures are laid out and drawn in Node, without a browser. */

// Vega has it, and its types do not.
declare module 'vega' {
  interface MeasuredText {
    readonly fontSize?: number;
    readonly fontWeight?: string | number;
    /** What is longer is cut; 0: nothing is. */
    readonly limit?: number;
  }
  const textMetrics: { width: (item: MeasuredText, text: string | number | null) => number };
}

/** Without a canvas, as for SVG, Vega's own estimate is far off, and legends are laid out by it. */
vega.textMetrics.width = ({ fontSize = 11, fontWeight, limit = 0 }, text) => {
  const width = textWidth(String(text ?? ''), fontSize, fontWeight === 'bold');
  return limit > 0 ? Math.min(width, limit) : width;
};

/** A picture that is laid out, to be drawn in one way or several. */
export type Drawing = vega.View;

/** @param size of texts in its axes and legends */
export async function layOut(spec: TopLevelSpec, size: number): Promise<Drawing> {
  const config = vega.mergeConfig<Config>(themeOf(size), spec.config ?? {});
  const { spec: compiled } = toVega({ ...spec, config }, { logger: quiet() });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: quiet() });
  return view.runAsync();
}

/** @param prefix for the names that are used inside of it, so that pictures can share a page */
export async function drawSvg(drawing: Drawing, prefix: string): Promise<string> {
  vega.resetSVGDefIds();
  return tidy(await drawing.toSVG(), prefix);
}

/** What they warn of is for who writes a specification, not for who wants a report. */
function quiet(): vega.LoggerInterface {
  return vega.logger(vega.Error);
}

/** Shorter, and with names of its own: Vega numbers gradients and clips anew in each picture. */
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
