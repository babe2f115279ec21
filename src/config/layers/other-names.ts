import { alike, plain } from '../alike.js';

/** Other frameworks' names of layer types, in the spelling of `plain`. */
const otherNames: Readonly<Record<string, string>> = {
  batchnorm: 'convolution, which has a key batchNorm',
  batchnorm2d: 'convolution, which has a key batchNorm',
  batchnormalization: 'convolution, which has a key batchNorm',
  relu: 'convolution, which has a key activation',
  relu6: 'convolution, which has a key activation',
  activation: 'convolution, which has a key activation',
  conv: 'convolution',
  conv2d: 'convolution',
  depthwise: 'convolution, which has a key groups',
  depthwiseconv2d: 'convolution, which has a key groups',
  depthwiseconvolution: 'convolution, which has a key groups',
  groupedconvolution: 'convolution, which has a key groups',
  linear: 'dense',
  fullyconnected: 'dense',
  fc: 'dense',
  maxpool2d: 'max-pool',
  maxpooling: 'max-pool',
  maxpooling2d: 'max-pool',
  avgpool: 'average-pool',
  avgpool2d: 'average-pool',
  averagepooling2d: 'average-pool',
  adaptiveavgpool2d: 'average-pool',
  globalaveragepool: 'average-pool',
  globalaveragepooling: 'average-pool',
  globalaveragepooling2d: 'average-pool',
  globalavgpool: 'average-pool',
  add: 'residual',
  block: 'residual',
};

/** The layer type with this name in another framework and the key to set, if any; else a similar type. */
export function meantType(found: string, types: readonly string[]): string | undefined {
  const other = otherNames[plain(found)];
  const isThere = types.some((type) => other?.split(',')[0] === type);
  return isThere ? other : alike(found, types);
}
