import { expect, test } from 'vitest';
import type { GraphNode } from '../../src/compile/graph.js';
import { withHostConditions } from '../../src/compile/host-conditions.js';

const node = (name: string, op: string, ...inputs: string[]): GraphNode => ({
  name,
  op,
  inputs,
  attributes: [],
});
const onCpu = (made: GraphNode): GraphNode => ({ ...made, device: '/device:CPU:0' });

const given = [
  node('in', 'Placeholder'),
  node('in/copy', 'DeepCopy', 'in:0'),
  node('weight', 'VarHandleOp'),
  node('read', 'ReadVariableOp', 'weight:0'),
  node('parts', 'Unpack', 'in/copy:0'),
  node('zero', 'Const'),
];

test('a condition that depends only on fed inputs is computed by copies on the CPU', () => {
  const isOn = node('is_on', 'NotEqual', 'parts:1', 'zero:0');
  const scaled = node('scaled', 'Mul', 'read:0', 'parts:1');
  const passed = (condition: string) => node('passed', 'Switch', 'scaled:0', condition);
  expect(withHostConditions([...given, isOn, scaled, passed('is_on:0')])).toEqual([
    ...given,
    isOn,
    scaled,
    passed('is_on/on_host:0'),
    // Fed inputs are on the host already.
    onCpu(node('in/copy/on_host', 'DeepCopy', 'in:0')),
    onCpu(node('parts/on_host', 'Unpack', 'in/copy/on_host:0')),
    onCpu(node('zero/on_host', 'Const')),
    onCpu(node('is_on/on_host', 'NotEqual', 'parts/on_host:1', 'zero/on_host:0')),
  ]);
});

test('a condition inside a branch is passed through copies of its switches', () => {
  const nodes = [
    ...given,
    node('outer', 'NotEqual', 'parts:0', 'zero:0'),
    node('inner', 'NotEqual', 'parts:1', 'zero:0'),
    node('entered', 'Switch', 'inner:0', 'outer:0'),
    node('value', 'Switch', 'read:0', 'outer:0'),
    node('nested', 'Switch', 'value:1', 'entered:1'),
  ];
  const byName = new Map(withHostConditions(nodes).map((each) => [each.name, each]));
  expect(byName.get('nested')).toEqual(node('nested', 'Switch', 'value:1', 'entered/on_host:1'));
  expect(byName.get('entered/on_host')).toEqual(
    onCpu(node('entered/on_host', 'Switch', 'inner/on_host:0', 'outer/on_host:0')),
  );
});

test('a condition that depends on the state is left on the device', () => {
  const nodes = [
    ...given,
    node('sum', 'Sum', 'read:0', 'zero:0'),
    node('is_broken', 'NotEqual', 'sum:0', 'parts:0'),
    node('passed', 'Switch', 'read:0', 'is_broken:0'),
  ];
  expect(withHostConditions(nodes)).toEqual(nodes);
});
