import { markup, trusted, type Html } from './html.js';

/** A picture with its caption. */
export function figure(svg: string, caption: string, className = ''): Html {
  return markup`<figure class="${className}">
    <div class="scroll">${trusted(svg)}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}
