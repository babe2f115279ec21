/**
 * What the page does: it shows a mark's description, which screen readers read too, beside what is
 * pointed at, touched or focused. Without scripts the page is complete but for that.
 *
 * Pictures are drawn when the report is written, not in the browser: a page with Vega in it is 0.8 MB
 * larger, shows nothing where scripts are forbidden, and needs them to be allowed to compile code.
 */
export const script = `
'use strict';
const tip = document.getElementById('tip');
const markOf = (node) => node instanceof Element ? node.closest('.role-mark [aria-label]') : null;
const show = (mark, x, y) => {
  tip.textContent = mark.getAttribute('aria-label');
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  const top = y + 14 + height > innerHeight ? y - 14 - height : y + 14;
  tip.style.left = Math.max(0, left) + 'px';
  tip.style.top = Math.max(0, top) + 'px';
};
const hide = () => { tip.hidden = true; };
const point = (event) => {
  const mark = markOf(event.target);
  if (mark) show(mark, event.clientX, event.clientY);
  else hide();
};
addEventListener('pointermove', point);
addEventListener('pointerdown', point);
addEventListener('scroll', hide, { capture: true, passive: true });
addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
addEventListener('focusin', (event) => {
  const mark = markOf(event.target);
  if (!mark) { hide(); return; }
  const { left, right, top, bottom } = mark.getBoundingClientRect();
  show(mark, (left + right) / 2, (top + bottom) / 2);
});
addEventListener('focusout', hide);
for (const mark of document.querySelectorAll('.trade-off .role-mark [aria-label]')) mark.tabIndex = 0;
`;
