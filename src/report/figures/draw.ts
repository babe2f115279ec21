import type { TopLevelSpec } from 'vega-lite';
import { drawPdf, drawPng, type Sheet } from './canvas.js';
import { drawSvg, layOut, type Drawing } from './render.js';

/** Several pictures drawn as one. */
export interface PrintSpecification {
  readonly parts: readonly TopLevelSpec[];
  readonly title: string;
  /** Size of the text in axes and legends. */
  readonly fontSize: number;
}

/** A picture for a page. */
export interface PageSpecification {
  readonly spec: TopLevelSpec;
  /** Prefix of the picture's internal ids, so that pictures can share a page. */
  readonly prefix: string;
  readonly fontSize: number;
}

export async function drawForPage({ spec, prefix, fontSize }: PageSpecification) {
  const drawing = await layOut(spec, fontSize);
  const svg = Buffer.from(await drawSvg(drawing, prefix));
  drawing.finalize();
  return { svg };
}

/** Lay each picture out once and draw it in all formats. */
export async function drawForPrint({ parts, title, fontSize }: PrintSpecification) {
  const drawings: Drawing[] = [];
  for (const spec of parts) drawings.push(await layOut(spec, fontSize));
  const svgs: string[] = [];
  for (const drawing of drawings) svgs.push(await drawSvg(drawing, `pareto${svgs.length}`));
  const sheet = stack(drawings, svgs);
  const drawn = {
    svg: Buffer.from(inPoints(sheet, svgs)),
    pdf: await drawPdf(sheet, title),
    png: await drawPng(sheet),
  };
  for (const drawing of drawings) drawing.finalize();
  return drawn;
}

/** @param svgs of the same pictures; their sizes are read from these */
function stack(drawings: readonly Drawing[], svgs: readonly string[]): Sheet {
  let height = 0;
  const parts = drawings.map((drawing, index) => {
    const top = height;
    height += sizeIn(svgs[index] ?? '', 'height');
    return { drawing, top };
  });
  return { width: Math.max(...svgs.map((svg) => sizeIn(svg, 'width'))), height, parts };
}

/** Combine pictures in one SVG, sized in points so that text keeps its size in a document. */
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
