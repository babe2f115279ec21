import { mostPoints } from '../../runs/onnx-check/accuracy.js';
import type { ExportCheck } from '../../runs/onnx-check/check-export.js';
import type { Explained } from '../../runs/onnx-check/explain-differences.js';
import type { Latency } from '../../runs/onnx-check/latency.js';
import { counted } from '../../text/counted.js';
import { groupBy } from '../../text/group-by.js';
import { threeDigits } from '../../text/figures.js';
import { wrap } from '../../text/wrap.js';
import { accuracyText, bopsText, gbopsText } from './figures.js';
import { plainTable } from './plain-table.js';

/** Table of an exported file's check in onnxruntime. @param terminalWidth in columns */
export function checkTable(check: ExportCheck, terminalWidth: number): string {
  const width = Math.min(terminalWidth, 80);
  const { asWritten, usual, fullPrecision, exactProducts, batch, images } = check;
  const head = ['Session', 'Accuracy', 'Other class', '1 image', `${batch} images`];
  const result = (name: string, found: ExportCheck['asWritten'], latency?: Latency) => [
    name,
    accuracyText(found.accuracyPercent),
    String(found.otherClass),
    ...timesOf(latency),
  ];
  const rows = [
    ['bbits evaluate', accuracyText(check.evaluatedAccuracyPercent), '', '', ''],
    result('the file as written', asWritten),
    result(`the file, ${check.level}`, usual, usual),
    ...(exactProducts ? [result('with exact products', exactProducts)] : []),
    ['in full precision', '', '', ...timesOf(fullPrecision)],
  ];
  const cost = `${bopsText(check.relativeBopsPercent)} (${gbopsText(check.gbops)})`;
  return [
    ...wrap(
      `The file in onnxruntime ${check.onnxruntime}, ${images} test images of ${check.dataset}`,
      width,
    ),
    plainTable(head, rows, { width }),
    '',
    ...[
      `Its bit operations are ${cost} of those in full precision with all channels.`,
      ...explanations(check.explained),
      ...(usual.otherClass > 0 ? [whyUsual[check.level]] : []),
    ].flatMap((text) => wrap(text, width)),
  ].join('\n');
}

const whyUsual = {
  default:
    'A default session rounds the inputs of dense layers to 8 bits if their weights have 2 to 4 bits (unless ' +
    'session.qdq_matmulnbits_accuracy_level is 1), and adds in a different order: docs/export.md.',
  basic: 'A session at level basic fuses operators, and adds in a different order.',
};

const sessionOf = { default: 'a default session', basic: 'a session at level basic' };

/** Why the file is unfit for use; undefined if it is fit. */
export function complaint(check: ExportCheck): string | undefined {
  const { explained, usual, evaluatedAccuracyPercent, exactProducts } = check;
  for (const each of explained) {
    if (each.why !== 'unexplained') continue;
    return (
      `expected every image to be classified as in bbits evaluate, except at ties; found a different class for test image ` +
      `${each.image}: ${each.found}. This is a bug in bbits: please report it, with the run.`
    );
  }
  if (usual.isAsAccurate) return undefined;
  const advice = exactProducts?.isAsAccurate
    ? 'Use sessions with session.qdq_matmulnbits_accuracy_level and session.x64quantprecision set to 1.'
    : 'Use sessions with session.disable_quant_qdq set to 1.';
  return (
    `expected ${accuracyText(evaluatedAccuracyPercent)} accuracy, to within ${mostPoints} points, in ${sessionOf[check.level]}, ` +
    `found ${accuracyText(usual.accuracyPercent)}. ${advice}`
  );
}

function timesOf(latency: Latency | undefined): [string, string] {
  if (!latency) return ['', ''];
  return [`${threeDigits(latency.oneImageMs)} ms`, `${threeDigits(latency.batchMs)} ms`];
}

function explanations(explained: readonly Explained[]): string[] {
  return [...groupBy(explained, ({ why }) => why)].map(([why, list]) => {
    const images = `As written, ${counted(list.length, 'image')} ${list.length === 1 ? 'is' : 'are'} classified differently`;
    switch (why) {
      case 'a tie of a quantizer': {
        const ties = list.flatMap((each) => (each.why === why ? [each] : []));
        const farthest = Math.max(...ties.map((each) => each.farthest));
        const layers = [...new Set(ties.map(({ layer }) => layer))].join(', ');
        return `${images}: a value at a tie, at most ${farthest.toPrecision(2)} of a step from it, is rounded to the other side (${layers}).`;
      }
      case 'a tie of logits':
        return `${images}: the logits of both classes are equal, up to the rounding of 32-bit floats.`;
      case 'a tie in the evaluation':
        return `${images}: a value at a tie is rounded to the other side when the evaluation runs as a graph.`;
      case 'unexplained':
        return `${images}, and no tie explains it.`;
    }
  });
}
