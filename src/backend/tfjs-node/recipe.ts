import type { NpmPackage } from '../../commands/npm-pack.js';

/**
 * TensorFlow.js' backend for Node, as published on npm: the binding's C++ source, compiled against today's
 * TensorFlow, and the JavaScript that calls it. Its install script, which downloads a TensorFlow from 2022,
 * never runs.
 */
export const tfjsNode: NpmPackage = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity:
    'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  size: 223_379,
};

/** Its files in use: the binding's source, the kernels and TensorFlow's protocol buffers. */
export const wantedFiles =
  /^(package\.json|binding\/\w+\.(cc|h)|dist\/(nodejs_kernel_backend|register_all_kernels|int64_tensors|proto\/api_pb|kernels\/\w+)\.js)$/;

/** The subset of these files that a build keeps. */
export const keptFiles = /^(package\.json|dist\/.*)$/;
