/** A fragment of the page. */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | undefined | readonly Value[];

/**
 * Tag for templates of HTML: values are escaped unless they are fragments themselves. (Prettier would change
 * the white space in templates tagged `html`.)
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: String.raw({ raw: strings }, ...values.map(render)) };
}

/** Markup made by bbits itself. */
export function trusted(markup: string): Html {
  return { html: markup };
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map(render).join('');
}

/** Escape text for elements and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
