/**
 * What runs a program, and the state that lives in it. A program is for a target and a device: its target chooses the
 * engine's module, the device chooses inside it. The loop, the reports and the tests see engines through this alone.
 *
 * State (weights, buffers, moments, averages) stays where the engine computes, from `start` to `dispose`: only losses,
 * minibatches, draws and host scalars cross in between. It is read back for checkpoints, diagnoses and tests, always
 * by the manifest's names and in its channels-first layout, so that checkpoints are the same for all engines.
 *
 *   state = await engine.start(values)                   initial-state.ts or a checkpoint gives the values
 *   step  = await state.step('step_1', feeds)            the next state is pending
 *   await step.commit()                                  ... and now it is the state
 *   rows  = await state.report('report_1', feeds, names) reads the state where it lies
 *
 * Names of inputs and outputs are the manifest's; a graph is named as there. One call at a time: nobody calls a state
 * again before its last promise has settled.
 */
export type Floats = Float32Array | Float64Array;

/** Row-major, in the manifest's float type, in the host's memory. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Floats;
}
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a person may ask for. `auto`: the best that is there, by the rules of the program's target. */
export type DeviceName = 'auto' | 'cpu' | 'webgpu' | 'cuda';

/** What results may depend on. */
export interface EngineIdentity {
  /** `onnxruntime-node` */
  readonly name: string;
  readonly version: string;
  /** `cpu`, `webgpu`, `cuda` */
  readonly device: string;
  /** Which one of them, where that was asked: `nvidia ampere`. */
  readonly adapter?: string;
  /** Threads of the host that it computes with. */
  readonly threads: number;
  /** Processes that share each batch; default: 1. */
  readonly processes?: number;
}

export interface Engine extends EngineIdentity {
  /** Copies all tensors of the state to where it is to live. An engine may have several states. */
  start(values: Tensors): Promise<State>;
  /** What a person should know about how it runs, a sentence each: graph operators that the device left to the CPU. */
  remarks?(): readonly string[];
  /** Ends what was started for it: a process. No call of it or its states after it; absent: nothing was. */
  close?(): Promise<void>;
}

export interface State {
  /**
   * Tensors of the state as it is now; all of them, in the manifest's order, without `names`. They are the caller's to
   * look at until the next step: what is to be kept must be copied.
   */
  read(names?: Iterable<string>): Promise<Tensors>;
  /**
   * Runs a step graph. `feeds` holds its inputs but the state's; the buffers are the caller's again once this resolves.
   * A step that is not committed before the next call of `step` is forgotten.
   */
  step(graph: string, feeds: Tensors): Promise<Step>;
  /**
   * Outputs of a report graph on the state as it is, with the tensors of `replaced` (names of the state) in the place
   * of its own. Changes nothing; what is returned belongs to the caller.
   */
  report(graph: string, feeds: Tensors, fetches: readonly string[], replaced?: Tensors): Promise<Tensors>;
  /** Puts these in the place of tensors of the state, as a phase does that starts with other weights. */
  load(values: Tensors): Promise<void>;
  /** Gives its memory back. No call after it. */
  dispose(): Promise<void>;
}

/**
 * What a step computed. An engine that makes a whole step before it looks (a graph) leaves the state alone until
 * `commit`. One that applies a step's updates one after another, in place, stops before it applies an update with a
 * loss, or an objective, that is not finite: the outputs of later updates are then missing from `numbers`, and the
 * state is as that update found it.
 */
export interface Step {
  /** By output: losses, objectives, and 1 or 0 for `applied`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** From now on the state is what the step made of it. */
  commit(): void | Promise<void>;
  /** What it would become, of the tensors that the step writes, to find what went wrong; none if it lies nowhere. */
  next(): Promise<Tensors>;
}

/** There is no engine on this machine; the message says what to install. */
export class EngineError extends Error {}

export function allocate(float: 'float32' | 'float64', shape: readonly number[]): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: float === 'float64' ? new Float64Array(size) : new Float32Array(size) };
}

/** Whether no number is NaN or infinite: 0 × x is 0 for all others, and a plain loop looks at 40 million in no time. */
export function allFinite(data: Floats): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  return sum === 0;
}
