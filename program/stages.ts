/**
 * A graph as several files, with loops over its tensors between them: what a manifest says of them in the place of one file.
 */

/** A file, which may read whatever inputs, outputs and handed values are there by then, and what follows it. */
export interface StageEntry {
  readonly file: string;
  /** Names of outputs and handed values that the file computes. */
  readonly outputs: readonly string[];
  readonly kernels: readonly KernelEntry[];
}

export interface HandedValue {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * A loop over tensors of one shape: a WebAssembly module with `host.memory` and
 * `run(bytes, address of each tensor, address of each result, scalars)`; see compiler/targets/onnx/kernels/kernel.ts.
 */
export interface KernelEntry {
  readonly file: string;
  /** Names of the graph's inputs, of outputs made before or of handed values; `scalars` are those of rank 0. */
  readonly tensors: readonly string[];
  readonly scalars: readonly string[];
  /** Names of outputs: the next state. */
  readonly results: readonly string[];
}
