/** Code that runs in the page, where this project's TypeScript types do not apply. */

/** A picture as the browser rendered it. */
export interface DrawnPicture {
  readonly width: number;
  readonly height: number;
  /** Number of marks with a label. */
  readonly marks: number;
  /** Texts that extend beyond the picture. */
  readonly outside: readonly string[];
  /** Texts that overlap, as `one | other`. */
  readonly overlaps: readonly string[];
}

/** An expression for the `DrawnPicture[]` of all visible pictures. */
export const drawnPictures = `
[...document.querySelectorAll('svg')].filter((picture) => picture.checkVisibility()).map((picture) => {
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll('text')]
    .filter((text) => text.getAttribute('opacity') !== '0' && text.textContent !== '')
    .map((text) => ({
      text: text.textContent,
      // The box around a slanted text is mostly empty.
      isSlanted: /rotate\\((?:-45|315)\\)/.test(text.getAttribute('transform') ?? ''),
      box: text.getBoundingClientRect(),
    }));
  // Boxes have some air around their letters.
  const air = 1.5;
  const covers = ({ box: a }, { box: b }) =>
    a.left + air < b.right && b.left + air < a.right && a.top + air < b.bottom && b.top + air < a.bottom;
  const straight = texts.filter(({ isSlanted }) => !isSlanted);
  return {
    width: frame.width,
    height: frame.height,
    marks: picture.querySelectorAll('.role-mark [aria-label]').length,
    outside: texts
      .filter(({ box }) =>
        box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom)
      .map(({ text }) => text),
    overlaps: straight.flatMap((one, index) =>
      straight
        .slice(index + 1)
        .filter((other) => covers(one, other))
        .map((other) => one.text + ' | ' + other.text)),
  };
})
`;

/** An expression for the texts of visible cells whose contrast (WCAG 2.2) is below 4.5. */
export const paleCells = `
[...document.querySelectorAll('td')].filter((cell) => cell.checkVisibility() && cell.innerText !== '').filter((cell) => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    // A bar behind a number.
    const [bar] = backgroundImage.match(/rgba?\\([^)]*\\)/) ?? [];
    if (bar !== undefined) return bar;
    return channels(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  const [dark, bright] = [light(getComputedStyle(cell).color), light(groundOf(cell))].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05) < 4.5;
}).map((cell) => cell.innerText)
`;

/** An expression for the window coordinates of a point on the first line that matches. */
export function pointOn(selector: string): string {
  return `(() => {
    const line = document.querySelector(${JSON.stringify(selector)});
    const { x, y } = line.getPointAtLength(line.getTotalLength() / 3);
    const { a, d, e, f } = line.getScreenCTM();
    return { x: a * x + e, y: d * y + f };
  })()`;
}
