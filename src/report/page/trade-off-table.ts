import { formatAccuracy } from '../../text/figures.js';
import { accuracyColumn, columnsOf, seedsColumn } from '../columns.js';
import type { PlacedReference, ReportGroup } from '../report.js';
import type { Anchors } from './anchors.js';
import { markup, type Html } from './html.js';

/** A group's table, with published results below. The number of seeds links to the row's runs. */
export function tradeOffTable(group: ReportGroup, anchors: Anchors): Html {
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
              ${columns.map((column) => {
                const text = column.cell(row);
                const shown =
                  column === seedsColumn
                    ? markup`<a href="#${anchors.ofRow(row)}" title="Runs of this row">${text}</a>`
                    : text;
                return markup`<td class="${classOf(column.isText)}">${shown}</td>`;
              })}
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
