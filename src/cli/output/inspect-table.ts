import { constantNetwork } from '../../inspection/constant-network.js';
import type { Inspection } from '../../inspection/inspection.js';
import type { LayerInspection } from '../../inspection/layer-inspection.js';
import type { ParameterCount } from '../../setup/learned-parameters.js';
import type { NetworkTotals } from '../../inspection/network-inspection.js';
import { formatBytes } from '../../text/bytes.js';
import { compact } from '../../text/compact.js';
import { withCommas } from '../../text/with-commas.js';
import { bopsText } from './figures.js';
import { namedLines } from './named-lines.js';
import { plainTable } from './plain-table.js';
import { wrap } from '../../text/wrap.js';

/** Table of a network, layer by layer. @param width of the terminal, in columns */
export function inspectTable(inspection: Inspection, width: number): string {
  const text = Math.min(80, width);
  const named = ([name, value]: readonly [string, string]) =>
    value === '' ? [] : namedLines(name, value, 20, text);
  return [
    ...title(inspection).flatMap((line) => wrap(line, width)),
    ...(inspection.totals.isConstant ? ['', ...wrap(constantNetwork, text)] : []),
    '',
    layerTable(inspection.layers, width),
    '',
    ...totalLines(inspection.totals).flatMap(named),
    ...learningLines(inspection.parameters).flatMap(named),
    ...named(['Trains with', (inspection.recipe ?? []).join(', ')]),
    '',
    ...wrap(inspection.bopsDefinition, text),
  ].join('\n');
}

function title({ network, dataset, source, bits }: Inspection): string[] {
  const { name, classes, imageShape } = dataset;
  const what = `${network} for the ${imageShape.join('x')} images and ${classes} classes of ${name}`;
  const legend = 'In, W, Out: bits of a layer’s inputs, weights and outputs.';
  if (bits === 'learned') return [what, `Bits and channels of the run in ${source.path}`, legend];
  if (bits === 'fixed') return [what, 'At the config’s fixed bits, with all channels', legend];
  const ofRun = source.type === 'run' ? `, with the channels of the run in ${source.path}` : '';
  const width = bits === 'w32a32' ? 'full precision, 32 bits' : bits;
  return [what, `At ${width}${ofRun}`, legend];
}

function layerTable(layers: readonly LayerInspection[], width: number): string {
  const head = [
    'Layer',
    'Kernel',
    'Output',
    'Channels',
    'Params',
    'MACs',
    'In',
    'W',
    'Out',
    'BOPs',
  ];
  return plainTable(head, layers.map(cells), { alignedLeft: 2, width });
}

function cells(layer: LayerInspection): string[] {
  const { outputShape, channels, keptChannels, parameters, macs, bops } = layer;
  const count = (value: number) => (layer.type === 'sum' ? '' : inColumn(value));
  const bits = (value: number | null) => (value === null ? '' : String(value));
  return [
    layer.name,
    kernel(layer),
    outputShape.slice(0, -1).join('x'),
    keptChannels === channels ? String(channels) : `${keptChannels}/${channels}`,
    count(parameters),
    count(macs),
    bits(layer.inputBits),
    bits(layer.weightBits),
    bits(layer.activationBits),
    count(bops),
  ];
}

/**
 * `3x3`, `3x3/2` with a stride of 2, `3x3/2 in 32` with 32 groups; without a kernel, the layer's type.
 */
function kernel({ type, kernel, stride, groups }: LayerInspection): string {
  if (kernel === null) return type;
  const across = stride === null || stride === 1 ? '' : `/${[stride].flat().join('x')}`;
  return `${kernel.join('x')}${across}${groups === undefined ? '' : ` in ${groups}`}`;
}

/** Pad a count that has no k, M or G: digits align. */
function inColumn(value: number): string {
  const text = compact(value);
  return /\d$/.test(text) ? `${text}  ` : text;
}

function totalLines(totals: NetworkTotals): [string, string][] {
  const { bops, relativeBopsPercent, channelGates, openChannelGates } = totals;
  const open =
    openChannelGates === channelGates ? '' : `, ${withCommas(openChannelGates)} of them open`;
  const lines = {
    Parameters: inFull(totals.parameters),
    MACs: inFull(totals.macs),
    BOPs: `${compact(bops)}, ${bopsText(relativeBopsPercent)} of full precision`,
    Quantizers: `${totals.weightQuantizers} of weights, ${totals.activationQuantizers} of activations`,
    'Channel gates': `${withCommas(channelGates)}${open}`,
    'Parameter memory': memory(totals.parameterBytesAt32Bits, totals.parameterBytes),
    'Largest activation': memory(
      totals.largestActivationBytesAt32Bits,
      totals.largestActivationBytes,
    ),
  };
  return Object.entries(lines);
}

/** `582 k (582,026)`: with the exact count, which identifies a network. */
function inFull(count: number): string {
  return count < 1000 ? String(count) : `${compact(count)} (${withCommas(count)})`;
}

/** Counts of learned and of fixed parameters, and the kinds that are absent. */
function learningLines(parameters: readonly ParameterCount[]): [string, string][] {
  const some = (count: (one: ParameterCount) => number) =>
    parameters
      .filter((one) => count(one) > 0)
      .map((one) => `${compact(count(one))} ${one.kind}`)
      .join(', ');
  const absent = parameters.filter(({ learned, fixed }) => learned + fixed === 0);
  const lines = {
    Learned: some(({ learned }) => learned),
    Fixed: some(({ fixed }) => fixed),
    Absent: absent.map(({ kind }) => kind).join(', '),
  };
  return Object.entries(lines);
}

function memory(at32Bits: number, shown: number): string {
  const full = `${formatBytes(at32Bits)} at 32 bits`;
  return shown === at32Bits ? full : `${full}, ${formatBytes(shown)} as shown`;
}
