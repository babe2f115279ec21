/** Heads of the result columns, as `--columns` names them. */
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
