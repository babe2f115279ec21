import type { ReportGroup } from '../report.js';
import { drawPdf, drawPng, type Sheet } from './canvas.js';
import { figureStyles, type FigureOptions } from './figure-style.js';
import { drawSvg, layOut, type Drawing } from './render.js';
import { tradeOffFigure } from './trade-off.js';

export type PrintWidth = 'column' | 'page';

/** One picture in the forms that papers and READMEs take. */
export interface PrintedFigure {
  readonly svg: string;
  readonly pdf: Buffer;
  readonly png: Buffer;
}

/** The trade-offs of several groups for print, one below the other, with titles where there are several. */
export async function printFigure(
  groups: readonly ReportGroup[],
  width: PrintWidth,
  options: FigureOptions,
): Promise<PrintedFigure> {
  const style = figureStyles[width];
  const drawings: Drawing[] = [];
  for (const group of groups) {
    const figure = tradeOffFigure(group, style, options);
    const title = groups.length > 1 ? { title: group.title } : {};
    drawings.push(await layOut({ ...figure, ...title }, style.fontSize));
  }
  const svgs: string[] = [];
  for (const drawing of drawings) svgs.push(await drawSvg(drawing, `pareto${svgs.length}`));
  const sheet = stack(drawings, svgs);
  const printed = {
    svg: inPoints(sheet, svgs),
    pdf: await drawPdf(sheet, groups.map(({ title }) => title).join('; ')),
    png: await drawPng(sheet),
  };
  for (const drawing of drawings) drawing.finalize();
  return printed;
}

/** @param svgs of the same pictures, which tell their sizes */
function stack(drawings: readonly Drawing[], svgs: readonly string[]): Sheet {
  let height = 0;
  const parts = drawings.map((drawing, index) => {
    const top = height;
    height += sizeIn(svgs[index] ?? '', 'height');
    return { drawing, top };
  });
  return { width: Math.max(...svgs.map((svg) => sizeIn(svg, 'width'))), height, parts };
}

/** In points: where a picture is put into a text, its letters have their size. */
function inPoints({ width, height, parts }: Sheet, svgs: readonly string[]): string {
  const placed = parts.map(({ top }, index) => {
    return svgs[index]?.replace('<svg ', `<svg x="0" y="${top}" `);
  });
  const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  return (
    `<svg ${names} width="${width}pt" height="${height}pt" viewBox="0 0 ${width} ${height}">` +
    `<rect width="${width}" height="${height}" fill="white"/>${placed.join('')}</svg>`
  );
}

function sizeIn(svg: string, name: 'width' | 'height'): number {
  return Number(new RegExp(`^<svg [^>]*\\b${name}="([\\d.]+)"`).exec(svg)?.[1]);
}
