import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const results = fileURLToPath(new URL('../../results', import.meta.url));
const kinds = 'learned static budget deterministic constant fine-tuned post-training';

/** Folders of the runs in results/variants/report. */
export const shippedVariants: readonly string[] = kinds
  .split(' ')
  .map((kind) => join(results, `variants-${kind}`));
