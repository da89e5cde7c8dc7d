/** What the compiler is given beside a spec's text: the world, as far as it may see it, and what its caller wants. */
import type { Source } from '../grammar/source.ts';
import type { Catalogue, DataDescription, SourceArguments } from '../program/catalogue.ts';
import type { OnnxGraph } from '../program/onnx-graph.ts';
import type { StoredMoment, StoredNetwork, StoredWeights } from '../program/stored.ts';

/** What the compiler asks of the world. */
export interface Host {
  readonly catalogue: Catalogue;
  /** An imported file, by its path relative to the importing one; null if there is none, or why it is not read (`may not ...`). */
  read(path: string, from: Source): Source | { readonly refused: string } | null;
  /** Rows and hash of a data source; null when its files are not there; throws Error with a sentence when they are broken. */
  describe(source: string, args: SourceArguments): DataDescription | null;
  /**
   * Weights of a run or a file, by the path as the spec has it; null when nothing is there, or the host looks at none;
   * throws Error with a sentence when they cannot be read.
   */
  stored?(path: string, at: StoredMoment): StoredSource | null;
  /** The network of an ONNX file, by the path as the spec has it; else as `stored`. */
  network?(path: string): NetworkSource | null;
}

export interface NetworkSource extends StoredNetwork {
  readonly graph: OnnxGraph;
  /** These tensors and the graph as the bytes of a safetensors file. */
  take(names: readonly string[]): Uint8Array;
}

export interface StoredSource extends StoredWeights {
  /** These tensors as the bytes of a safetensors file. */
  take(names: readonly string[]): Uint8Array;
}

export interface CompileOptions {
  /** `--set name=value`, as typed. */
  readonly set?: Readonly<Record<string, string>>;
  readonly profile?: string;
  /** Warnings are errors. */
  readonly strict?: boolean;
  readonly target?: 'onnx' | 'tfjs' | 'torch' | 'reference';
  /** What the target lays its graphs out for; default: the host's memory. */
  readonly device?: 'host' | 'webgpu';
  readonly float?: 'float32' | 'float64';
  /** Parts that a minibatch is computed in: each has the spec's batch of rows, all together are one minibatch; default: 1. */
  readonly accumulate?: number;
  /** Bytes that the machine has; a program that needs more is an error. */
  readonly memory?: number;
  /** Called after each pass with its name and a function that prints its result (`ganc build --dump graph`). */
  readonly dump?: (pass: string, print: () => string) => void;
}
