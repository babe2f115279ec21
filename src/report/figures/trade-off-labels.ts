import { positionOn, type NumberAxis } from './axis.js';
import { placeLabels, type Box, type Label, type PlacedLabel } from './place-labels.js';

export const labelSize = 11;
/** Half the size of a point's mark with a little room, in pixels. */
const pointRoom = 6;

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Point extends Place {
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly bottom: number | undefined;
  readonly top: number | undefined;
  readonly mu: string;
}

/** Where a trade-off is drawn, in pixels. */
interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: NumberAxis;
  readonly y: NumberAxis;
}

/** A text beside a point. */
export interface PointLabel extends PlacedLabel {
  readonly isPublished: boolean;
}

/** The texts beside the points: mu, and the methods of published results. */
export function tradeOffLabels(
  { width, height, x: xAxis, y: yAxis }: Plot,
  points: readonly Point[],
  published: readonly (Place & { readonly method: string })[],
  front: readonly Place[],
): PointLabel[] {
  const toX = (value: number) => width * positionOn(xAxis, value);
  const toY = (value: number) => height * (1 - positionOn(yAxis, value));
  const box = (left: number, right: number, bottom: number, top: number, room: number): Box => ({
    left: toX(left) - room,
    right: toX(right) + room,
    top: toY(top) - room,
    bottom: toY(bottom) + room,
  });
  const around = ({ x, y }: Place) => box(x, x, y, y, pointRoom);
  const bars = points.flatMap(({ x, y, left = x, right = x, bottom = y, top = y }) => [
    box(left, right, y, y, 1),
    box(x, x, bottom, top, 1),
  ]);
  const steps = front.slice(1).flatMap((to, index) => {
    const from = front[index] ?? to;
    return [box(from.x, to.x, from.y, from.y, 1), box(to.x, to.x, from.y, to.y, 1)];
  });
  const wanted: (Label & { readonly isPublished: boolean })[] = [
    // The longer ones first.
    ...published.map(({ x, y, method }) => ({
      x: toX(x),
      y: toY(y),
      text: method,
      isPublished: true,
    })),
    ...points.map(({ x, y, mu }) => ({ x: toX(x), y: toY(y), text: mu, isPublished: false })),
  ];
  const within = { left: 0, top: 0, right: width, bottom: height };
  const taken = [...points.map(around), ...published.map(around), ...bars];
  return placeLabels(wanted, labelSize, within, taken, steps).flatMap((placed, index) =>
    placed ? [{ ...placed, isPublished: wanted[index]?.isPublished ?? false }] : [],
  );
}
