import type { Accumulator } from '../../deployment/integer/network.js';
import type { IntegerEvaluation } from '../../runs/integers/evaluate-integers.js';
import type { ExplainedImage } from '../../runs/integers/explain-integers.js';
import { counted } from '../../text/counted.js';
import { wrap } from '../../text/wrap.js';
import { accuracyText } from './figures.js';
import { plainTable } from './plain-table.js';

/** Table of an evaluation in integers, with the bits of each layer's sums. @param terminalWidth in columns */
export function integerTable(evaluation: IntegerEvaluation, terminalWidth: number): string {
  const width = Math.min(terminalWidth, 80);
  const { images, split, accuracyPercent, evaluatedAccuracyPercent, explained } = evaluation;
  const head = ['Layer', 'Weights', 'Reads', 'Products', 'With bias'];
  return [
    ...[
      `${images} ${split} images in integers, from pixels to logits`,
      `${accuracyText(accuracyPercent)} accuracy, ${accuracyText(evaluatedAccuracyPercent)} in floats, ` +
        `${counted(explained.length, 'image')} classified differently`,
      ...explained.map(reason),
    ].flatMap((text) => wrap(text, width)),
    '',
    plainTable(head, evaluation.accumulators.map(bitsOf), { width }),
    '',
    ...wrap(
      'Products: bits of a sum of integer weights times integer inputs. With bias: bits of the same sum with its bias, ' +
        'or of the sum of two branches, with 16 fractional bits. Both in two’s complement, enough for any image.',
      width,
    ),
  ].join('\n');
}

function bitsOf({ name, products, bits }: Accumulator): string[] {
  const first = products
    ? [products.weightBits, products.inputBits, products.bits].map((own) => `${own} bits`)
    : ['', '', ''];
  return [name, ...first, `${bits} bits`];
}

function reason(explained: ExplainedImage): string {
  const { image, integerClass, evaluatedClass } = explained;
  return `Image ${image}: class ${integerClass}, in floats ${evaluatedClass}: ${because(explained)}`;
}

function because(explained: ExplainedImage): string {
  switch (explained.why) {
    case 'a tie of a quantizer': {
      const { integers, layer, farthest } = explained;
      return `${counted(integers, 'value')} of ${layer} rounded to the other side of a tie, at most ${farthest.toPrecision(2)} of a step from it`;
    }
    case 'a tie of logits':
      return 'the logits of both classes are equal, up to rounding';
    case 'a tie in the evaluation':
      return 'a value at a tie is rounded to the other side when the evaluation runs as a graph';
    case 'unexplained':
      return explained.found;
  }
}

/** Complaint about the first difference that no tie explains; undefined if there is none. */
export function integerComplaint({ run, split, explained }: IntegerEvaluation): string | undefined {
  for (const each of explained) {
    if (each.why !== 'unexplained') continue;
    return (
      `${run}: expected every image to be classified as in floats, except at ties; found a different class for ` +
      `${split} image ${each.image}: ${each.found}. This is a bug in bbits: please report it, with the run.`
    );
  }
  return undefined;
}
