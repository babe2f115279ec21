import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bitColours, blues, shades } from './cell-colours.js';

/** A cell's color repeats its number: bits, kept channels, or the probability that a gate is open. */
const colours = [
  ...Object.entries(bitColours).map(
    ([bits, [ground, text]]) => `.b${bits} { background: ${ground}; color: ${text} !important; }`,
  ),
  ...shades.map((shade, level) => `.k${level} { background: ${shade}; }`),
  ...blues.map((blue, level) => `.o${level} { background: ${blue}; }`),
].join('\n');

/** The page's style sheet. The pictures' font is embedded: with another one, texts may overlap. */
export const style = `
${[400, 700].map(fontFace).join('\n')}
:root { color-scheme: light dark; }
body {
  margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 66rem; background: #fff; color: #222;
  font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif;
}
h1 { font-size: 1.6rem; margin: 1rem 0 0.25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; border-bottom: 1px solid #ccc; }
h3 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
.about, figcaption, .notes { color: #555; font-size: 0.875rem; }
li { overflow-wrap: anywhere; }
.notes { padding-left: 1.2rem; }
figure { margin: 0.75rem 0; }
/* Wide pictures and tables scroll on their own: the page stays as wide as the window. */
.scroll { overflow-x: auto; }
figure svg { display: block; height: auto; max-width: 100%; }
@media (max-width: 60rem) { figure .scroll svg { max-width: none; } }
.narrow { display: none; }
@media (max-width: 46rem) { .wide { display: none; } .narrow { display: block; } }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.7rem; text-align: right; white-space: nowrap; }
th { border-bottom: 1px solid #888; font-weight: 600; }
td { border-bottom: 1px solid #e6e6e6; }
.text { text-align: left; white-space: normal; min-width: 6rem; }
.front td { background: #eef5fa; }
.published td { color: #a34700; }
a { color: #0b5cad; }
.runs { font-size: 0.875rem; }
h4, h5 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
h5 { font-weight: normal; margin-top: 0.75rem; }
:target { outline: 2px solid #e69f00; outline-offset: 2px; }
.grid td, .grid th, .gates td, .gates th { padding: 0.1rem 0.4rem; }
.grid td { color: #222; border-color: #fff; }
.grid td, .grid thead th { text-align: center; }
.grid tbody th, .gates tbody th { text-align: left; font-weight: normal; border: 0; }
.grid { margin: 0.75rem 0; }
.bar { background: linear-gradient(to right, #c8c8c8 var(--kept), transparent 0); min-width: 7rem; }
.gates td span { display: inline-flex; width: 5rem; height: 0.8rem; margin-right: 0.4rem; vertical-align: middle; background: #fff; }
.gates td, .gates thead th { text-align: left; }
.gates td i { min-width: 0; }
${colours}
details { border: 1px solid #ddd; border-radius: 4px; margin: 0.4rem 0; padding: 0 0.8rem; }
summary { cursor: pointer; padding: 0.4rem 0; }
summary .figures { color: #555; }
pre { font-size: 0.8rem; line-height: 1.4; background: #f7f7f7; padding: 0.75rem; overflow-x: auto; }
mark { background: #ffe08a; color: inherit; }
code { font-size: 0.875rem; overflow-wrap: anywhere; }
[aria-label]:focus { outline: 2px solid #222; }
#tip {
  position: fixed; z-index: 1; max-width: 24rem; padding: 0.4rem 0.6rem; border-radius: 4px;
  background: #222; color: #fff; font-size: 0.8rem; white-space: pre-line; pointer-events: none;
}
#tip[hidden] { display: none; }
@media (prefers-color-scheme: dark) {
  :root { color-scheme: dark; }
  body { background: #16181c; color: #ddd; }
  h2 { border-color: #444; }
  .about, figcaption, .notes, summary .figures { color: #aaa; }
  /* Pictures are drawn on white, as on paper, where their colors can be told apart. */
  figure svg { background: #fff; border-radius: 4px; }
  th { border-color: #888; }
  td { border-color: #333; }
  .front td { background: #1d2f3c; }
  .published td { color: #f0a060; }
  a { color: #7fb8ee; }
  .grid td { border-color: #16181c; }
  .grid td:not([class]), .grid .bar { color: #ddd; }
  .bar { background: linear-gradient(to right, #5a5a5a var(--kept), transparent 0); }
  details { border-color: #444; }
  pre { background: #1f2227; }
  mark { background: #6b5200; }
  #tip { background: #eee; color: #111; }
  [aria-label]:focus { outline-color: #222; }
}
@media print { body { max-width: none; } details { break-inside: avoid; } }
`;

/** Embed the Latin letters only, 11 kB for each weight. */
function fontFace(weight: number): string {
  const path = `#fonts/arimo-latin-${weight}-normal.woff2`;
  const file = createRequire(import.meta.url).resolve(path);
  const url = `data:font/woff2;base64,${readFileSync(file).toString('base64')}`;
  return `@font-face { font-family: Arimo; font-weight: ${weight}; src: url(${url}) format('woff2'); }`;
}
