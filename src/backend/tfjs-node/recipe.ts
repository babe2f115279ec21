import type { NpmPackage } from '../../commands/npm-pack.js';

/**
 * TensorFlow.js' backend for Node, as npm has it: the C++ source of a binding, which is compiled against today's
 * TensorFlow, and JavaScript that calls it. Its install script, which gets a TensorFlow of 2022, never runs.
 */
export const tfjsNode: NpmPackage = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity:
    'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  size: 223_379,
};

/** Its files that are used: the binding's source, the kernels, TensorFlow's protocol buffers. */
export const wantedFiles =
  /^(package\.json|binding\/\w+\.(cc|h)|dist\/(nodejs_kernel_backend|register_all_kernels|int64_tensors|proto\/api_pb|kernels\/\w+)\.js)$/;

/** Of these, what a build keeps. */
export const keptFiles = /^(package\.json|dist\/.*)$/;
