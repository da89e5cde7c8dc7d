/**
 * The pipeline on a page: text → AST → model → graph → plan → program. Pure: files, data and the runtime's catalogue
 * come in through `Host`; what comes out is a program and diagnostics, never an effect.
 */
import type { Diagnostic } from '../grammar/diagnostics.ts';
import type { Source } from '../grammar/source.ts';
import type { Node } from './graph/node.ts';
import type { Catalogue, DataDescription, SourceArguments } from './program/catalogue.ts';
import type { Manifest } from './program/manifest.ts';

/** What the compiler asks of the world. */
export interface Host {
  readonly catalogue: Catalogue;
  /** An imported file, by its path relative to the importing one; null if there is none. */
  read(path: string, from: Source): Source | null;
  /** Rows and hash of a data source; null when its files are not there; throws Error with a sentence when they are broken. */
  describe(source: string, args: SourceArguments): DataDescription | null;
}

export interface CompileOptions {
  /** `--set name=value`, as typed. */
  readonly set?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly target?: 'onnx' | 'reference';
  readonly float?: 'float32' | 'float64';
  /** Called after each pass with its name and a function that prints its result (`ganc build --dump graph`). */
  readonly dump?: (pass: string, print: () => string) => void;
}

export interface Program {
  readonly manifest: Manifest;
  /** The target's files by path within the program's directory (`steps/step_1.onnx`). */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Each graph's outputs by name, for the reference engine and the goldens. */
  readonly graphs: Readonly<Record<string, Readonly<Record<string, Node>>>>;
}

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if any diagnostic is an error. */
  readonly program?: Program;
}
