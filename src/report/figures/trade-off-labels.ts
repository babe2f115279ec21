import { groupBy } from '../../text/group-by.js';
import { isOn } from './trade-off-axes.js';
import { positionOn, type NumberAxis } from './axis.js';
import type { FigureStyle } from './figure-style.js';
import { overlap, placeLabels, type Box, type Label, type PlacedLabel } from './place-labels.js';
import { textWidth } from './text-width.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The plot area, in the picture's units. */
interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: NumberAxis;
  readonly y: NumberAxis;
}

interface Marks {
  /** `value`: the text beside the mark, a mu or a budget. */
  readonly points: readonly (Place & { readonly value: string; readonly method: string })[];
  readonly published: readonly Place[];
  readonly seeds: readonly Place[];
  /** Lines through points, grouped by method. */
  readonly lines: readonly (Place & { readonly method: string })[];
  /** Horizontal lines across the plot. */
  readonly across: readonly { readonly y: number; readonly text: string }[];
  /** Texts of marks at the axis's end. */
  readonly atEdge: readonly (Place & { readonly text: string })[];
}

/**
 * Texts in a trade-off: beside horizontal lines; at marks at the axis's end, where there is room (the caption
 * lists them all); and beside the points of a single method, if all of them fit, as readers would search for
 * missing ones.
 */
export function tradeOffLabels(
  plot: Plot,
  { points, published, seeds, lines, across, atEdge }: Marks,
  { fontSize, markArea }: FigureStyle,
): PlacedLabel[] {
  const { width, height } = plot;
  const size = labelSize(fontSize);
  const room = 0.75 * Math.sqrt(markArea);
  const toY = (value: number) => height * (1 - positionOn(plot.y, value));
  const at = <T extends Place>(place: T) => ({
    ...place,
    x: width * positionOn(plot.x, place.x),
    y: toY(place.y),
  });
  const around = ({ x, y }: Place, by: number): Box => ({
    left: x - by,
    right: x + by,
    top: y - by,
    bottom: y + by,
  });
  const marks = [...points, ...published, ...atEdge].map((place) => around(at(place), room));
  const steps = [...byMethod(lines).values()].flatMap((line) => boxesAlong(line.map(at)));
  const dots = seeds.map((seed) => around(at(seed), Math.sqrt(markArea) / 4));
  const shown = across.filter(({ y }) => isOn(plot.y, y));
  const ofLines: PlacedLabel[] = [];
  for (const { y, text } of shown) {
    const others = ofLines.map((label) => boxOf(label, size));
    ofLines.push(besideLine(text, toY(y), plot, size, [...marks, ...steps, ...dots], others));
  }
  const taken = [...marks, ...ofLines.map((label) => boxOf(label, size))];
  const ofEdge = atMarks(atEdge.map(at), size, room, [...taken, ...steps]);
  const isOneMethod = byMethod(points).size === 1;
  if (!isOneMethod || atEdge.length > 0) return [...ofLines, ...ofEdge];
  const wanted: Label[] = points.map(({ value, ...point }) => ({ ...at(point), text: value }));
  const within = { left: 0, top: 0, right: width, bottom: height };
  const placed = placeLabels(wanted, size, within, taken, [...steps, ...dots]).flatMap(
    (label) => label ?? [],
  );
  return [...ofLines, ...(placed.length === wanted.length ? placed : [])];
}

export function labelSize(fontSize: number): number {
  return fontSize - (fontSize > 8 ? 1 : 0);
}

/**
 * Place a text above or below a horizontal line, at an end or in between, where it covers the least.
 *
 * @param labels of other lines, which are covered only if nothing else is possible
 */
function besideLine(
  text: string,
  y: number,
  { width, height }: Plot,
  size: number,
  taken: readonly Box[],
  labels: readonly Box[],
): PlacedLabel {
  const half = textWidth(text, size) / 2 + 2;
  const shares = [0, 1, 0.2, 0.4, 0.6, 0.8];
  const places = shares.flatMap((share) =>
    [-1, 1].map((down) => {
      const label = { text, x: half + share * (width - 2 * half), y: y + down * 0.65 * size };
      const box = boxOf(label, size);
      const isInside = box.top >= 0 && box.bottom <= height;
      const isFree = isInside && !labels.some((other) => overlap(box, other));
      const covered = taken.filter((other) => overlap(box, other)).length;
      return { label, cost: isFree ? covered : Infinity };
    }),
  );
  const least = Math.min(...places.map(({ cost }) => cost));
  return (places.find(({ cost }) => cost === least) ?? { label: { text, x: half, y } }).label;
}

/** Place texts directly above marks, or below if at the top; farther away, their mark would be unclear. */
function atMarks(
  labels: readonly Label[],
  size: number,
  room: number,
  taken: readonly Box[],
): PlacedLabel[] {
  const full = [...taken];
  const isLow = (label: Label) => label.y > size * 2;
  return labels.flatMap((label) => {
    const away = room + 0.6 * size;
    const placed = { ...label, y: label.y + (isLow(label) ? -away : away) };
    const box = boxOf(placed, size);
    if (full.some((other) => overlap(box, other))) return [];
    full.push(box);
    return [placed];
  });
}

function boxOf({ text, x, y }: PlacedLabel, size: number): Box {
  const [halfWidth, halfHeight] = [textWidth(text, size) / 2 + 1, 0.4 * size];
  return {
    left: x - halfWidth,
    right: x + halfWidth,
    top: y - halfHeight,
    bottom: y + halfHeight,
  };
}

function byMethod<T extends { readonly method: string }>(places: readonly T[]): Map<string, T[]> {
  return groupBy(places, ({ method }) => method);
}

/** Small boxes along a line, for texts to avoid. */
function boxesAlong(line: readonly Place[]): Box[] {
  const steps = 30;
  return line.slice(1).flatMap((to, index) => {
    const from = line[index] ?? to;
    return Array.from({ length: steps + 1 }, (_, step) => {
      const x = from.x + ((to.x - from.x) * step) / steps;
      const y = from.y + ((to.y - from.y) * step) / steps;
      return { left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 };
    });
  });
}
