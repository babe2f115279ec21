import { markup, trusted, type Html } from './html.js';

/** A picture with what is to be seen in it. */
export function figure(svg: string, caption: string, className = ''): Html {
  return markup`<figure class="${className}">
    <div class="scroll">${trusted(svg)}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}
