/** A part of a page. */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | undefined | readonly Value[];

/**
 * A part of a page as a template: values in it are text, and escaped, unless they are parts too. (By
 * the name `html` Prettier would change the white space in it.)
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: String.raw({ raw: strings }, ...values.map(render)) };
}

/** Markup that bbits itself has made. */
export function trusted(markup: string): Html {
  return { html: markup };
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map(render).join('');
}

/** Text in which nothing is markup, in elements and in attributes between double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
