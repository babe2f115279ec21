import type { TopLevelSpec } from 'vega-lite';
import { wholePercent } from '../../text/figures.js';
import { describeLayer, type ShownLayer } from './layers.js';
import { colours, fontSize } from './theme.js';

const widest = 900;

/**
 * One run's network as in the paper's appendix: along the layers the bits of weights and activations,
 * and the channels that are kept.
 */
export function layerBars(layers: readonly ShownLayer[]): TopLevelSpec {
  const names = layers.map(({ name }) => name);
  const step = Math.max(12, Math.min(70, Math.floor(widest / names.length)));
  const isNarrow = step < 50;
  const bits = layers.flatMap((layer) => {
    const label = describeLayer(layer);
    return [
      { of: 'weights', bits: layer.weightBits },
      { of: 'activations', bits: layer.activationBits },
    ].flatMap(({ of, bits }) =>
      bits === null
        ? []
        : [
            {
              layer: layer.name,
              of,
              height: Math.log2(Math.max(1, bits)),
              text: String(bits),
              label,
            },
          ],
    );
  });
  const kept = layers.flatMap((layer) =>
    layer.keptPercent === null
      ? []
      : [
          {
            layer: layer.name,
            kept: layer.keptPercent,
            text: wholePercent(layer.keptPercent),
            label: describeLayer(layer),
          },
        ],
  );
  const x = (axis: object | null) => ({
    field: 'layer',
    type: 'nominal' as const,
    sort: names,
    // The same in both parts, whatever a part has.
    scale: { domain: names, paddingInner: 0.25, paddingOuter: 0.125 },
    title: null,
    axis,
  });
  const texts = { type: 'text' as const, dy: -6, fontSize: 10, aria: false, color: '#333333' };
  return {
    spacing: 8,
    vconcat: [
      {
        data: { values: bits },
        width: step * names.length,
        height: 120,
        encoding: {
          x: x(null),
          xOffset: { field: 'of', type: 'nominal', sort: ['weights', 'activations'] },
          y: {
            field: 'height',
            type: 'quantitative',
            title: 'Bits',
            scale: { domain: [0, 5.4], nice: false },
            axis: { values: [1, 2, 3, 4, 5], labelExpr: 'pow(2, datum.value)' },
          },
        },
        layer: [
          {
            mark: { type: 'bar' },
            encoding: {
              color: {
                field: 'of',
                type: 'nominal',
                scale: {
                  domain: ['weights', 'activations'],
                  range: [colours.blue, colours.orange],
                },
                legend: { title: null, orient: 'top' },
              },
              description: { field: 'label' },
            },
          },
          ...(isNarrow ? [] : [{ mark: texts, encoding: { text: { field: 'text' } } }]),
        ],
      },
      {
        data: { values: kept },
        width: step * names.length,
        height: 70,
        encoding: {
          x: x({
            labelAngle: isNarrow ? -90 : 0,
            labelLimit: isNarrow ? 120 : step - 2,
            labelFontSize: Math.min(fontSize, step - 2),
          }),
          y: {
            field: 'kept',
            type: 'quantitative',
            title: 'Kept (%)',
            scale: { domain: [0, 100] },
            axis: { values: [0, 50, 100] },
          },
        },
        layer: [
          {
            mark: { type: 'bar', color: colours.grey },
            encoding: { description: { field: 'label' } },
          },
          ...(isNarrow
            ? []
            : [
                {
                  mark: { ...texts, dy: 8, color: '#ffffff' },
                  encoding: { text: { field: 'text' } },
                },
              ]),
        ],
      },
    ],
  };
}
