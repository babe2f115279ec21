import ts from 'typescript';

/** One small change of a source file. */
export interface Mutant {
  /** Counted from 1. */
  readonly line: number;
  /** The line without its indentation. */
  readonly code: string;
  /** Zero-based column in `code` where the change begins. */
  readonly column: number;
  /** For example `a + b`, with `a - b` for `after`. */
  readonly before: string;
  readonly after: string;
  /** The whole file, changed. */
  readonly source: string;
}

/**
 * All mutants of a TypeScript file, each with one operator, sign, comparison, constant, call, branch or part
 * changed.
 */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile('mutated.ts', source, ts.ScriptTarget.Latest, true);
  const lines = source.split('\n');
  const mutants: Mutant[] = [];

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    for (const after of changesOf(node)) mutants.push(mutant(node, after));
    ts.forEachChild(node, visit);
  }

  function mutant(node: ts.Node, after: string): Mutant {
    const [start, end] = [node.getStart(), node.getEnd()];
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const text = lines[line] ?? '';
    return {
      line: line + 1,
      code: text.trim(),
      column: character - (text.length - text.trimStart().length),
      before: source.slice(start, end),
      after,
      source: source.slice(0, start) + after + source.slice(end),
    };
  }

  visit(file);
  return mutants;
}

/** The replacements for a node. */
function changesOf(node: ts.Node): string[] {
  if (ts.isNumericLiteral(node)) return otherNumbers(node);
  if (ts.isBinaryExpression(node)) return otherOperations(node);
  if (ts.isPrefixUnaryExpression(node)) return otherSigns(node);
  if (ts.isPostfixUnaryExpression(node)) return otherSteps(node);
  if (ts.isConditionalExpression(node)) {
    const { condition, whenTrue, whenFalse } = node;
    return [`${condition.getText()} ? ${whenFalse.getText()} : ${whenTrue.getText()}`];
  }
  if (ts.isIfStatement(node)) {
    const [, condition, rest] = splitAt(node, node.expression);
    return [`if (!(${condition})${rest}`];
  }
  if (ts.isCallExpression(node)) return [...otherCalls(node), ...otherMethods(node)];
  if (isPart(node)) return [ts.isArrayLiteralExpression(node.parent) ? '...[]' : '...{}'];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  return [];
}

function otherNumbers(node: ts.NumericLiteral): string[] {
  const value = Number(node.text);
  const others = [value + 1, value - 1, 0 - value];
  if (!Number.isInteger(value)) others.push(value * 1.01, value * 2);
  return [...new Set(others)].filter((other) => other !== value).map((other) => `(${other})`);
}

const { SyntaxKind } = ts;
const operators = new Map<ts.SyntaxKind, readonly string[]>([
  [SyntaxKind.PlusToken, ['-', '*']],
  [SyntaxKind.MinusToken, ['+', '*']],
  [SyntaxKind.AsteriskToken, ['/', '+']],
  [SyntaxKind.SlashToken, ['*', '-']],
  [SyntaxKind.AsteriskAsteriskToken, ['*', '/']],
  [SyntaxKind.LessThanToken, ['<=', '>', '>=']],
  [SyntaxKind.LessThanEqualsToken, ['<', '>', '>=']],
  [SyntaxKind.GreaterThanToken, ['>=', '<', '<=']],
  [SyntaxKind.GreaterThanEqualsToken, ['>', '<', '<=']],
  [SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [SyntaxKind.AmpersandAmpersandToken, ['||']],
  [SyntaxKind.BarBarToken, ['&&']],
  [SyntaxKind.PlusEqualsToken, ['-=', '*=', '=']],
  [SyntaxKind.MinusEqualsToken, ['+=', '*=', '=']],
  [SyntaxKind.AsteriskEqualsToken, ['/=', '+=', '=']],
  [SyntaxKind.SlashEqualsToken, ['*=', '-=', '=']],
]);
const arithmetic = new Set<ts.SyntaxKind>([
  SyntaxKind.PlusToken,
  SyntaxKind.MinusToken,
  SyntaxKind.AsteriskToken,
  SyntaxKind.SlashToken,
]);

function otherOperations(node: ts.BinaryExpression): string[] {
  const [left, right] = [node.left.getText(), node.right.getText()];
  const { kind } = node.operatorToken;
  const others = (operators.get(kind) ?? []).map((operator) => `(${left}) ${operator} (${right})`);
  // The target of an assignment takes no parentheses.
  if (kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment) {
    return others.map((other) => other.replace(`(${left})`, left));
  }
  // The other operators cover the sign of the right side.
  if (arithmetic.has(kind)) others.push(`(-(${left})) ${node.operatorToken.getText()} (${right})`);
  return others;
}

function otherSigns(node: ts.PrefixUnaryExpression): string[] {
  const operand = node.operand.getText();
  if (node.operator === SyntaxKind.PlusPlusToken) return [`--${operand}`];
  if (node.operator === SyntaxKind.MinusMinusToken) return [`++${operand}`];
  // -0 equals 0 wherever it matters here.
  return operand === '0' ? [] : [`(${operand})`];
}

function otherSteps(node: ts.PostfixUnaryExpression): string[] {
  const operand = node.operand.getText();
  return [node.operator === SyntaxKind.PlusPlusToken ? `${operand}--` : `${operand}++`];
}

/** Functions and their replacements; `identity` returns the first argument. */
const calls: Readonly<Record<string, readonly string[]>> = {
  'tf.add': ['tf.sub', 'tf.mul'],
  'tf.sub': ['tf.add', 'reversed'],
  'tf.mul': ['tf.div', 'tf.add'],
  'tf.div': ['tf.mul', 'reversed'],
  'tf.equal': ['tf.notEqual'],
  'tf.notEqual': ['tf.equal'],
  'tf.greaterEqual': ['tf.greater', 'tf.lessEqual'],
  'tf.lessEqual': ['tf.less', 'tf.greaterEqual'],
  'tf.logicalAnd': ['tf.logicalOr'],
  'tf.logicalOr': ['tf.logicalAnd'],
  'tf.logicalNot': ['identity'],
  'tf.neg': ['identity'],
  'tf.round': ['tf.floor', 'tf.ceil', 'identity'],
  'tf.minimum': ['tf.maximum'],
  'tf.maximum': ['tf.minimum'],
  'tf.sum': ['tf.mean', 'tf.max'],
  'tf.clipByValue': ['identity'],
  'Math.log': ['Math.log2', 'Math.log1p', 'identity'],
  'Math.log10': ['Math.log2', 'identity'],
  'Math.exp': ['Math.expm1', 'identity'],
  'Math.sqrt': ['identity'],
  'Math.cos': ['Math.sin', 'identity'],
  'Math.abs': ['identity'],
  'Math.fround': ['identity'],
  'Math.floor': ['Math.ceil', 'identity'],
  'Math.ceil': ['Math.floor', 'identity'],
  'Math.round': ['Math.floor', 'Math.ceil', 'identity'],
  'Math.min': ['Math.max', 'identity'],
  'Math.max': ['Math.min', 'identity'],
};

/** Methods and their replacements; `identity` returns the receiver. */
const methods: Readonly<Record<string, readonly string[]>> = {
  filter: ['identity'],
  slice: ['identity'],
  subarray: ['identity'],
  sort: ['identity'],
  toSorted: ['identity'],
  toReversed: ['identity'],
  some: ['every'],
  every: ['some'],
  find: ['findLast'],
  findLast: ['find'],
  trim: ['identity'],
};

function otherCalls(node: ts.CallExpression): string[] {
  const name = node.expression.getText();
  const others = Object.hasOwn(calls, name) ? (calls[name] ?? []) : [];
  const list = node.arguments.map((argument) => argument.getText());
  return others.map((other) => {
    if (other === 'identity') return `(${list[0] ?? ''})`;
    if (other === 'reversed') return `${name}(${list.toReversed().join(', ')})`;
    return `${other}(${list.join(', ')})`;
  });
}

function otherMethods({ expression, arguments: list }: ts.CallExpression): string[] {
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const [receiver, name] = [expression.expression.getText(), expression.name.text];
  const others = Object.hasOwn(methods, name) ? (methods[name] ?? []) : [];
  return others.map((other) => {
    if (other === 'identity') return `(${receiver})`;
    return `${receiver}.${other}(${list.map((argument) => argument.getText()).join(', ')})`;
  });
}

/** Whether a node can be removed: a spread element of a list or object, or a property of an object. */
function isPart(node: ts.Node): boolean {
  if (ts.isSpreadElement(node)) return ts.isArrayLiteralExpression(node.parent);
  return (
    ts.isSpreadAssignment(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node)
  );
}

/** The text of a node before, in and after one of its parts. */
function splitAt(node: ts.Node, part: ts.Node): [string, string, string] {
  const text = node.getText();
  const start = part.getStart() - node.getStart();
  const end = part.getEnd() - node.getStart();
  return [text.slice(0, start), text.slice(start, end), text.slice(end)];
}
