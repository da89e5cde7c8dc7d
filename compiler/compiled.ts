/** What the compiler makes: a manifest and the target's files, and what it says of the spec. */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import type { Node } from './ir/node.ts';
import type { Manifest } from '../program/manifest.ts';

export interface Program {
  readonly manifest: Manifest;
  /** The target's files by path within the program's directory (`steps/step_1.onnx`). */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Each graph's outputs by name, for the reference engine and the goldens. */
  readonly graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>;
  /** Of a graph that is several models (a step in stages): what each computes. */
  readonly models?: Readonly<Record<string, readonly Readonly<Record<string, Node>>[]>>;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any diagnostic is an error. */
  readonly program?: Program;
}
