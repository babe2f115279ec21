/** A crop of a padded image, optionally mirrored. */
export interface Crop {
  /** First row and column in the padded image, from 0 to twice the padding; centered at `padding`. */
  readonly top: number;
  readonly left: number;
  /** Mirror left and right after the crop. */
  readonly flipped: boolean;
}

/** A crop for each image, in order. */
export interface RandomCrops {
  /** Pixels on each side. */
  readonly padding: number;
  readonly draw: () => Crop;
}
