import type { Exporter } from './exporter.js';

/**
 * The formats of `bbits export --format`; the first is the default. To add one, write a file beside
 * safetensors.ts and a line here. Formats are imported on demand, because their dependencies may be large.
 */
export const exporters: Readonly<Record<string, () => Promise<{ exporter: Exporter }>>> = {
  safetensors: () => import('./safetensors.js'),
  onnx: () => import('./onnx.js'),
};
