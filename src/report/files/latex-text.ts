const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '≤': '$\\le$',
  '−': '$-$',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '’': "'",
};

/** Escape text for LaTeX. */
export function escapeLatex(text: string): string {
  return (
    text
      .replaceAll(/[\\~^±≤−<>|’]|[{}$&#_%]/g, (found) => special[found] ?? `\\${found}`)
      // An en dash for ranges of numbers.
      .replaceAll(/(?<=\(\d+)-(?=\d+\))/g, '--')
      .replaceAll(/\bmu\b/g, '$\\mu$')
      .replaceAll(' * ', ' $\\times$ ')
      .replaceAll(/^\* /g, '$*$ ')
      .replaceAll(/(?<=\d) (?=\\%)/g, '\\,')
      .replaceAll(/\s+/g, ' ')
  );
}
