import { registerConvolutionGradients } from './convolution.js';
import { registerDepthwiseGradients } from './depthwise-convolution.js';
import { registerIdentity } from './identity.js';
import { registerMatMul } from './mat-mul.js';
import { registerMaxPoolGradient } from './max-pool-gradient.js';
import { registerOneHot } from './one-hot.js';
import { registerSum } from './sum.js';

/**
 * Kernels that TensorFlow.js' WebAssembly backend 4.22 lacks, has wrong, or has many times slower than it could.
 * The gradients of ops are tfjs-core's own, which call these.
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
