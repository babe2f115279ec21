import { markup, type Html } from './html.js';

/** A table cell with a bit width, colored by its value. */
export function bitsCell(bits: number | null): Html {
  return bits === null ? markup`<td></td>` : markup`<td class="b${bits}">${bits}</td>`;
}
