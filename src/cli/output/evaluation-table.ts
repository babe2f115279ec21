import type { RunEvaluation } from '../../runs/evaluate-run.js';
import { accuracyText, bopsText, gbopsText } from './figures.js';
import { wrap } from '../../text/wrap.js';
import { plainTable, tableThatFits } from './plain-table.js';

/** With more classes a confusion matrix is unreadable. */
const mostShown = 12;

/** Table of a network's evaluation. @param width of the terminal, in columns */
export function evaluationTable(evaluation: RunEvaluation, width: number): string {
  const { accuracyPercent, crossEntropy, relativeBopsPercent, gbops } = evaluation;
  const bops =
    relativeBopsPercent === null || gbops === null
      ? 'with gates drawn for each batch'
      : `at ${bopsText(relativeBopsPercent)} relative BOPs (${gbopsText(gbops)})`;
  const bits = evaluation.bits === 'learned' ? 'learned bits' : evaluation.bits;
  return [
    `${evaluation.images} ${evaluation.split} images, ${bits}`,
    ...wrap(
      `${accuracyText(accuracyPercent)} accuracy, cross entropy ${crossEntropy.toFixed(4)}, ${bops}`,
      width,
    ),
    '',
    ...((evaluation.confusion.length <= mostShown ? matrix(evaluation, width) : undefined) ??
      classes(evaluation)),
  ].join('\n');
}

/** Confusion matrix, a row for each true and a column for each predicted class; undefined if too wide. */
function matrix({ confusion, classAccuracyPercent }: RunEvaluation, width: number) {
  const head = ['Class', 'Accuracy', ...confusion.map((_, index) => `as ${index}`)];
  const rows = confusion.map((row, index) => [
    String(index),
    percent(classAccuracyPercent[index]),
    ...row.map((count) => (count === 0 ? '·' : String(count))),
  ]);
  return tableThatFits(head, rows, { width });
}

function classes({ classAccuracyPercent, confusion }: RunEvaluation): string[] {
  const rows = classAccuracyPercent.map((accuracy, index) => [
    String(index),
    percent(accuracy),
    String((confusion[index] ?? []).reduce((sum, count) => sum + count, 0)),
  ]);
  return [plainTable(['Class', 'Accuracy', 'Images'], rows)];
}

function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : `${value.toFixed(1)} %`;
}
