/** Of the columns that hold what was found, as `--columns` names them. */
export const columnHeads: readonly string[] = [
  'Seeds',
  'Accuracy %',
  'BOPs %',
  'BOPs',
  'W bits',
  'A bits',
  'Kept %',
  'Size',
];
