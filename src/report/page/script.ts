/**
 * The page's script: it shows a mark's description, which screen readers also read, or a strip's values
 * beside the element that is pointed at, touched or focused, and expands the run that a link leads to.
 * Everything else on the page works without scripts.
 *
 * Pictures are drawn when the report is written, not in the browser: Vega would add 0.8 MB to the page, show
 * nothing where scripts are forbidden, and need permission to compile code.
 */
export const script = `
'use strict';
const tip = document.getElementById('tip');
const markIn = (node) => {
  if (!(node instanceof Element)) return null;
  const mark = node.closest('.role-mark [aria-label], [data-open]');
  return mark ?? node.closest('.role-mark a')?.querySelector('[aria-label]') ?? null;
};
const textOf = (mark) => mark.getAttribute('aria-label') ?? gateOf(mark);
const to = (text) => text.replace('-', ' to ');
const gateOf = (cell) => {
  const head = cell.closest('table').rows[0].cells[cell.cellIndex];
  const spans = cell.dataset.open.split(' ').map((span) => {
    const [epochs, open] = span.split(':');
    return (epochs.includes('-') ? 'epochs ' : 'epoch ') + to(epochs) + ': open ' + to(open) + ' %';
  });
  return [cell.parentElement.cells[0].textContent + ', ' + head.textContent, ...spans].join('\\n');
};
const show = (mark, x, y) => {
  tip.textContent = textOf(mark);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  const top = y + 14 + height > innerHeight ? y - 14 - height : y + 14;
  tip.style.left = Math.max(0, left) + 'px';
  tip.style.top = Math.max(0, top) + 'px';
};
const hide = () => { tip.hidden = true; };
const around = [[0, 0], [0, -4], [0, 4], [-4, 0], [4, 0]];
const point = (event) => {
  const { clientX: x, clientY: y, target } = event;
  // A line is too thin to be hit.
  const near = target instanceof Element && target.closest('svg') ? around : around.slice(0, 1);
  const mark = near.map(([dx, dy]) => markIn(document.elementFromPoint(x + dx, y + dy))).find(Boolean);
  if (mark) show(mark, x, y);
  else hide();
};
addEventListener('pointermove', point);
addEventListener('pointerdown', point);
addEventListener('scroll', hide, { capture: true, passive: true });
addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
addEventListener('focusin', (event) => {
  const mark = markIn(event.target);
  if (!mark) { hide(); return; }
  const { left, right, top, bottom } = mark.getBoundingClientRect();
  show(mark, (left + right) / 2, (top + bottom) / 2);
});
addEventListener('focusout', hide);
for (const mark of document.querySelectorAll('.trade-off .role-mark :not(a) > [aria-label]')) mark.tabIndex = 0;
const open = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', open);
open();
`;
