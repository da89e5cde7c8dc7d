/**
 * A network as an ONNX file has it: what runtime/formats/onnx.ts reads of the file and the compiler follows node by node
 * (compiler/vocabulary/onnx/). Large tensors are named here and lie elsewhere, so that the rest can be kept as JSON.
 */

export interface OnnxGraph {
  /** Of the standard operators: what some of them mean depends on it. */
  readonly opset: number;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly string[];
  /** Each behind those that make what it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, OnnxConstant>>;
}

export interface OnnxPort {
  readonly name: string;
  /** As the format calls it: `float`, `int64`. */
  readonly type: string;
  /** Rows first; a name or null is a size that the file leaves open. null: it says nothing. */
  readonly shape: readonly (number | string | null)[] | null;
}

export interface OnnxNode {
  readonly name: string;
  /** `Conv`; of operators that are not the standard's, with their domain in front: `com.microsoft.Gelu`. */
  readonly operator: string;
  /** Names of values; empty where one that may be left out is. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** null: of a sort that no operator here has (a graph). */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | null;

export interface OnnxConstant {
  readonly shape: readonly number[];
  /** Whether its numbers are whole by their type: sizes, axes, indices. */
  readonly whole: boolean;
  /** Row-major; null: they are many. Floats stand, unless there is one alone, in the file of weights under the constant's name. */
  readonly values: readonly number[] | null;
  /** Of many floats that are all the same, as the zeros that a recurrent layer starts from: which number that is. */
  readonly same?: number;
}
