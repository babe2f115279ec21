import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * The code between pixels and logits computes with integers only: it divides only in the two functions of
 * integer-division.ts, contains only integer literals, and calls only functions that map integers to integers.
 * `planIntegers` derives that the integers fit; any-network.test.ts checks each value.
 */

const folder = 'src/deployment/integer/run';
const divisions = 'integer-division.ts';

const allowedCalls = ['Math.max', 'Math.min', 'Math.imul'];
const allowedArrays = ['Int32Array', 'Float64Array'];

/** The expressions of a source that are not integer arithmetic. */
function floatsIn(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const says = node.getText(source);
    if (ts.isNumericLiteral(node) && !Number.isSafeInteger(Number(node.text))) found.push(says);
    if (ts.isBinaryExpression(node) && isDivision(node.operatorToken.kind)) found.push(says);
    if (ts.isPropertyAccessExpression(node) && says.startsWith('Math.')) {
      if (!allowedCalls.includes(says)) found.push(says);
    }
    if (ts.isNewExpression(node) && !allowedArrays.includes(node.expression.getText(source))) {
      found.push(says);
    }
    if (ts.isImportDeclaration(node) && !isOfIntegers(node)) found.push(says);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDivision(kind: ts.SyntaxKind): boolean {
  return [
    ts.SyntaxKind.SlashToken,
    ts.SyntaxKind.SlashEqualsToken,
    ts.SyntaxKind.AsteriskAsteriskToken,
  ].includes(kind);
}

/** Types, and modules of the folder itself. */
function isOfIntegers({ importClause, moduleSpecifier }: ts.ImportDeclaration): boolean {
  const isType = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return isType || (moduleSpecifier as ts.StringLiteral).text.startsWith('./');
}

describe('between pixels and logits', () => {
  const files = readdirSync(folder);

  test.each(files.filter((file) => file !== divisions))('%s has no floating-point', (file) => {
    expect(floatsIn(file, readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  test('there are two divisions, both exact', () => {
    expect(floatsIn(divisions, readFileSync(join(folder, divisions), 'utf8'))).toEqual([
      // Division by a power of two, rounded down.
      'Math.floor',
      'value / power',
      // Division of a multiple.
      '(value - rest) / divisor',
    ]);
  });
});

test.each([
  ['a / 2', 'a / 2'],
  ['a * 0.5', '0.5'],
  ['2 ** -1', '2 ** -1'],
  ['Math.sqrt(a)', 'Math.sqrt'],
  ['Math.round(a)', 'Math.round'],
  ['new Float32Array(1)', 'new Float32Array(1)'],
  ["import * as tf from '@tensorflow/tfjs-core';", "import * as tf from '@tensorflow/tfjs-core';"],
])('%s would be detected', (text, expected) => {
  expect(floatsIn('test.ts', text)).toEqual([expected]);
});
