import type { Exporter } from './exporter.js';

/**
 * What `bbits export --format` can write; the first is the default. A further format is a file beside
 * safetensors.ts and a line here. Each is imported when it is asked for: what it needs may be large.
 */
export const exporters: Readonly<Record<string, () => Promise<{ exporter: Exporter }>>> = {
  safetensors: () => import('./safetensors.js'),
  onnx: () => import('./onnx.js'),
};
