import { registerConvolutionGradients } from './convolution.js';
import { registerDepthwiseGradients } from './depthwise-convolution.js';
import { registerIdentity } from './identity.js';
import { registerMatMul } from './mat-mul.js';
import { registerMaxPoolGradient } from './max-pool-gradient.js';
import { registerOneHot } from './one-hot.js';
import { registerSum } from './sum.js';

/**
 * Register kernels that TensorFlow.js' WebAssembly backend 4.22 lacks, computes wrongly or runs many times
 * slower than necessary. The gradients of ops are tfjs-core's, which call these kernels.
 */
export function registerWasmKernels(): void {
  registerIdentity();
  registerMatMul();
  registerConvolutionGradients();
  registerDepthwiseGradients();
  registerMaxPoolGradient();
  registerSum();
  registerOneHot();
}
