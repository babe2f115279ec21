import { expect, test } from 'vitest';
import { formatConfig, parseConfig } from '../../src/config/config.js';
import { configLines } from '../../src/report/page/config-lines.js';
import { markup, trusted } from '../../src/report/page/html.js';

test('values in markup are escaped, unless they are markup themselves', () => {
  const hostile = `</script><b a='x' b="y">&amp;`;
  const { html } =
    markup`<p title="${hostile}">${hostile} ${1}${undefined}${[markup`<i>${'<'}</i>`, trusted('<hr>')]}</p>`;
  const escaped = '&#60;/script&#62;&#60;b a=&#39;x&#39; b=&#34;y&#34;&#62;&#38;amp;';
  expect(html).toBe(`<p title="${escaped}">${escaped} 1<i>&#60;</i><hr></p>`);
});

test('config lines that set a differing key are marked, with those nested in it', () => {
  const config = parseConfig('dataset: mnist\nmodel: lenet5\n', 'config.yaml');
  const marked = (...keys: string[]) =>
    configLines(formatConfig(config), keys).flatMap(({ text, isDifferent }) =>
      isDifferent ? [text.trim()] : [],
    );
  expect(marked('mu')).toEqual(['mu: 0.1']);
  expect(marked('optimizers.gates.learningRate')).toEqual(['learningRate: 0.001']);
  expect(marked('gates.initialPhi')).toEqual([
    'initialPhi:',
    '2: 6',
    '4: 6',
    '8: 6',
    '16: -6',
    '32: -6',
  ]);
  expect(marked()).toEqual([]);
});

test('the layers of a custom network count as one key', () => {
  const config = parseConfig(
    'dataset: mnist\nmodel: {layers: [{type: flatten}, {type: dense, name: d, units: 10}]}\n',
    'config.yaml',
  );
  const lines = configLines(formatConfig(config), ['model.layers']);
  const marked = lines.filter(({ isDifferent }) => isDifferent).map(({ text }) => text.trim());
  expect(marked).toEqual(['layers:', '- type: flatten', '- type: dense', 'name: d', 'units: 10']);
});
