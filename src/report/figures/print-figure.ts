import type { ReportGroup } from '../report.js';
import { figureStyles, type FigureOptions } from './figure-style.js';
import { renderSvg } from './render.js';
import { tradeOffFigure } from './trade-off.js';

export type PrintWidth = 'column' | 'page';

/** The trade-offs of several groups for print, one below the other, with titles where there are several. */
export async function printFigure(
  groups: readonly ReportGroup[],
  width: PrintWidth,
  options: FigureOptions,
): Promise<string> {
  const style = figureStyles[width];
  const parts: string[] = [];
  for (const [index, group] of groups.entries()) {
    const figure = tradeOffFigure(group, style, options);
    const title = groups.length > 1 ? { title: group.title } : {};
    parts.push(await renderSvg({ ...figure, ...title }, `pareto${index}`, style.fontSize));
  }
  return inPoints(parts);
}

/** Pictures below one another, in points: where a picture is put into a text, its letters have their size. */
function inPoints(svgs: readonly string[]): string {
  const sizes = svgs.map((svg) => ({ width: sizeIn(svg, 'width'), height: sizeIn(svg, 'height') }));
  const width = Math.max(...sizes.map((size) => size.width));
  const height = sizes.reduce((sum, size) => sum + size.height, 0);
  let top = 0;
  const placed = svgs.map((svg, index) => {
    const y = top;
    top += sizes[index]?.height ?? 0;
    return svg.replace('<svg ', `<svg x="0" y="${y}" `);
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
