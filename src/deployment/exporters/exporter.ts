import type { Deployed } from '../deploy.js';
import type { Opset } from '../onnx/opsets.js';

/**
 * Writes a deployed network in one format: gives the contents of each file by its name, which is one
 * without folders. The files are written in this order, each as a whole.
 *
 * @param facts what else other programs need to know
 * @throws UserError (exit code 1) if the format cannot hold this network; it says what, and what to do
 */
export type Exporter = (
  deployed: Deployed,
  facts: RunFacts,
  options: ExporterOptions,
) => ExportedFiles;

export interface ExporterOptions {
  /** Of ONNX: the version of its operators. */
  readonly opset?: Opset | undefined;
}

export type ExportedFiles = Readonly<Record<string, string | Uint8Array>>;

/** What a run knows and its network does not. */
export interface RunFacts {
  readonly dataset: {
    readonly name: string;
    readonly classes: number;
    /** Of each channel: a pixel p goes in as `(p / 255 - mean) / std`. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
}
