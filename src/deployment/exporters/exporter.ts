import type { Deployed } from '../deploy.js';
import type { Opset } from '../onnx/opsets.js';

/**
 * Encode a deployed network in one format. Returns file contents by file name, in the order in which to write
 * the files; each is written atomically.
 *
 * @param facts further information for other programs
 * @throws UserError (exit code 1) if the format cannot represent the network; it says why and what to do
 */
export type Exporter = (
  deployed: Deployed,
  facts: RunFacts,
  options: ExporterOptions,
) => ExportedFiles;

export interface ExporterOptions {
  /** ONNX's operator set version. */
  readonly opset?: Opset | undefined;
}

export type ExportedFiles = Readonly<Record<string, string | Uint8Array>>;

/** Facts about a run that its network does not contain. */
export interface RunFacts {
  readonly dataset: {
    readonly name: string;
    readonly classes: number;
    /** For each channel: a pixel p becomes `(p / 255 - mean) / std`. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
}
