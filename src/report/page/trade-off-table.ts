import { formatAccuracy } from '../../text/figures.js';
import { accuracyColumn, columnsOf } from '../columns.js';
import type { PlacedReference, ReportGroup } from '../report.js';
import { markup, type Html } from './html.js';

/** A group's table, published results below its own. */
export function tradeOffTable(group: ReportGroup): Html {
  const columns = columnsOf(group);
  const classOf = (isText: boolean | undefined) => (isText ? 'text' : '');
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th></th>
          ${columns.map(({ head, isText }) => markup`<th class="${classOf(isText)}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${group.rows.map(
          (row) =>
            markup`<tr class="${row.isOnFront ? 'front' : ''}">
              <td>${row.isOnFront ? '*' : ''}</td>
              ${columns.map(
                ({ cell, isText }) => markup`<td class="${classOf(isText)}">${cell(row)}</td>`,
              )}
            </tr>`,
        )}
        ${group.references.map((reference) => published(group, reference))}
      </tbody>
    </table>
  </div>`;
}

function published(group: ReportGroup, reference: PlacedReference): Html {
  const { method, accuracyPercent, relativeBopsPercent, source } = reference;
  const columns = columnsOf(group);
  const before = columns.indexOf(accuracyColumn);
  return markup`<tr class="published">
    <td></td>
    <td class="text" colspan="${before}">${method}</td>
    <td>${formatAccuracy(accuracyPercent)}</td>
    <td>${relativeBopsPercent}</td>
    <td class="text" colspan="${columns.length - before - 2}">published: ${source}</td>
  </tr>`;
}
