import { Resvg } from '@resvg/resvg-js';
import { createRequire } from 'node:module';
import * as vega from 'vega';
import { compile as toVega, type TopLevelSpec } from 'vega-lite';
import { withPixelsPerInch } from './png-size.js';
import { textWidth } from './text-width.js';
import { fontSize, themeOf } from './theme.js';

/** Pictures are drawn in Node, without a browser or a canvas. */

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

/** Without a canvas Vega's own estimate is far off, and legends are laid out by it. */
vega.textMetrics.width = ({ fontSize = 11, fontWeight, limit = 0 }, text) => {
  const width = textWidth(String(text ?? ''), fontSize, fontWeight === 'bold');
  return limit > 0 ? Math.min(width, limit) : width;
};

/**
 * The picture that a specification describes, as SVG.
 *
 * @param size of texts in its axes and legends
 * @param prefix for the names that are used inside of it, so that pictures can share a page
 */
export async function renderSvg(
  spec: TopLevelSpec,
  prefix: string,
  size = fontSize,
): Promise<string> {
  const { spec: compiled } = toVega({ ...spec, config: themeOf(size) }, { logger: quiet() });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: quiet() });
  vega.resetSVGDefIds();
  const svg = await view.toSVG();
  view.finalize();
  return tidy(svg, prefix);
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

/** For print. */
const pixelsPerInch = 300;
const font = 'Arimo';

/** The picture as PNG, with a font that comes with bbits: the machine need not have any. */
export function renderPng(svg: string): Buffer {
  const width = Number(/ viewBox="0 0 ([\d.]+)/.exec(svg)?.[1]);
  const fontFiles = ['400Regular/Arimo_400Regular', '700Bold/Arimo_700Bold'].map((name) =>
    createRequire(import.meta.url).resolve(`@expo-google-fonts/arimo/${name}.ttf`),
  );
  const drawn = new Resvg(svg, {
    fitTo: { mode: 'width', value: Math.round((pixelsPerInch / 72) * width) },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: font, sansSerifFamily: font },
  });
  return withPixelsPerInch(drawn.render().asPng(), pixelsPerInch);
}
