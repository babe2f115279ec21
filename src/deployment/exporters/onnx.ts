import { packageVersion } from '../../version.js';
import { encodeOnnx } from '../onnx/model.js';
import { onnxFile } from '../onnx/opsets.js';
import type { Exporter } from './exporter.js';

/** One file, `network.onnx`, for onnxruntime and other readers of ONNX; see docs/export.md. */
export const exporter: Exporter = (deployed, { dataset }, { opset = 21 }) => {
  const { name, classes, mean, std } = dataset;
  return {
    [onnxFile]: encodeOnnx(
      deployed,
      opset,
      { name: 'bbits', version: packageVersion() },
      {
        network: deployed.network.name,
        dataset: name,
        classes: String(classes),
        input: 'images, channels first; each number (pixel / 255 - mean) / std',
        mean: JSON.stringify(mean),
        std: JSON.stringify(std),
        ...(opset >= 25
          ? {
              note: 'with 2-bit integers: onnxruntime 1.30 loads it only with graph optimization disabled or basic',
            }
          : {}),
      },
    ),
  };
};
