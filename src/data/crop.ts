/** Which part of a padded image to take, and whether to mirror it. */
export interface Crop {
  /** First row and column in the padded image, from 0 to twice the padding; the centre is at once. */
  readonly top: number;
  readonly left: number;
  /** Left and right are exchanged, after the crop. */
  readonly flipped: boolean;
}

/** A crop for each image, as they come. */
export interface RandomCrops {
  /** Pixels on each side. */
  readonly padding: number;
  readonly draw: () => Crop;
}
