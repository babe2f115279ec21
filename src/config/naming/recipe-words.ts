/** A training setting in words: `SGD`, `cutout 8`; undefined for settings named by their keys. */
export function recipeInWords(key: string, value: string): string | undefined {
  switch (key) {
    case 'optimizers.weights.name':
      return value.toUpperCase();
    case 'gates.frozenShare':
      return `gates frozen for the last ${Number((100 * Number(value)).toPrecision(6))} %`;
    case 'training.labelSmoothing':
      return `label smoothing ${value}`;
    case 'training.shiftPixels':
      return `shifts up to ${value}`;
    case 'training.cutoutPixels':
      return `cutout ${value}`;
    case 'training.mixupAlpha':
      return `mixup ${value}`;
    case 'training.averageWeights':
      return `averaged weights ${value}`;
    case 'teacher.run':
      return `taught by ${value}`;
    case 'teacher.temperature':
      return `temperature ${value}`;
    case 'teacher.weight':
      return `teacher weight ${value}`;
    default:
      return undefined;
  }
}
