/**
 * Weights that networks start with in the place of drawn ones: those of a run or a file, which the compiler is told of and
 * the program keeps, or those of another network as a phase begins.
 */

/** Which checkpoint of a run; a number is an iteration. */
export type StoredMoment = 'newest' | 'best' | number;

export interface StoredWeights {
  /** Of the checkpoint; null: it is a file. */
  readonly iteration: number | null;
  /** SHA-256 of the file that was read, in hex. */
  readonly hash: string;
  /** Shapes of weights, running statistics and averages, by their names. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

/** A run or a file whose weights networks start with: the program holds those in a file of its own. */
export interface OriginEntry {
  /** As the spec has it, and which checkpoint it asks for. */
  readonly path: string;
  readonly at: StoredMoment;
  /** In the program's directory. */
  readonly file: string;
  /** What was read when the program was made; null: nothing was there. */
  readonly found: StoredWeights | null;
  /** What is told when a run starts with them: sentences. */
  readonly notices: readonly string[];
}

/** A tensor of the state that a phase begins with anew. */
export interface StartEntry {
  readonly state: string;
  readonly from: StartOrigin;
}

/** Another tensor of the state as it is then, or one of a file in the program's directory. */
export type StartOrigin =
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'stored'; readonly file: string; readonly of: string };

/** A network in a file: the program holds its graph and weights in a file of its own. */
export interface StoredNetwork {
  /** SHA-256 of the file that was read, in hex. */
  readonly hash: string;
  /** Shapes of its large tensors, by their names. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

export interface NetworkFileEntry {
  /** As the spec has it. */
  readonly path: string;
  /** In the program's directory. */
  readonly file: string;
  readonly hash: string;
}
