import { createCanvas, GlobalFonts, PDFDocument, type SKRSContext2D } from '@napi-rs/canvas';
import { createRequire } from 'node:module';
import { withPixelsPerInch } from './png-size.js';
import type { Drawing } from './render.js';

/** Pictures stacked vertically; sizes in points. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly { readonly drawing: Drawing; readonly top: number }[];
}

/** Resolution for print. */
const pixelsPerInch = 300;
const pointsPerInch = 72;

/**
 * Register both font faces that pictures use, so that the machine needs none. (A missing bold face would be
 * synthesized, which makes Type 3 fonts in the PDF, and publishers refuse these.)
 */
for (const name of ['Arimo_400Regular', 'Arimo_700Bold']) {
  const path = createRequire(import.meta.url).resolve(`#fonts/${name}.ttf`);
  GlobalFonts.registerFromPath(path, 'Arimo');
}

export async function drawPng(sheet: Sheet): Promise<Buffer> {
  const scale = pixelsPerInch / pointsPerInch;
  const canvas = createCanvas(Math.round(scale * sheet.width), Math.round(scale * sheet.height));
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  await paint(context, sheet);
  return withPixelsPerInch(await canvas.encode('png'), pixelsPerInch);
}

/** Draw vector graphics with embedded fonts and no date, so that the same picture has the same bytes. */
export async function drawPdf(sheet: Sheet, title: string): Promise<Buffer> {
  const document = new PDFDocument({ title, creator: 'bbits report' });
  // Pages are whole points in size; round up so that nothing is cut off.
  const [width, height] = [Math.ceil(sheet.width), Math.ceil(sheet.height)];
  const page = document.beginPage(width, height) as unknown as SKRSContext2D;
  await paint(page, sheet);
  document.endPage();
  return document.close();
}

async function paint(context: SKRSContext2D, { width, height, parts }: Sheet): Promise<void> {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  for (const { drawing, top } of parts) {
    context.save();
    context.translate(0, top);
    await drawing.toCanvas(1, { externalContext: context });
    context.restore();
  }
}
