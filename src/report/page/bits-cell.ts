import { markup, type Html } from './html.js';

/** A cell of a table with a bit width, coloured by it. */
export function bitsCell(bits: number | null): Html {
  return bits === null ? markup`<td></td>` : markup`<td class="b${bits}">${bits}</td>`;
}
