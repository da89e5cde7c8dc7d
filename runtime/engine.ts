/**
 * What runs a program's graphs. The loop, the reports and the tests see engines through this alone, so that an
 * engine of another kind (a GPU, the float64 reference) has its place here. Names of inputs and outputs are the
 * manifest's; a graph is named as there.
 */
export type Floats = Float32Array | Float64Array;

/** Row-major, in the manifest's float type. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Floats;
}
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Executable {
  /**
   * The outputs named by `fetches`. Those that `into` holds a tensor for are written there (and returned as that
   * tensor); it must be no buffer of `feeds`. What is returned otherwise belongs to the caller.
   */
  run(feeds: Tensors, fetches: readonly string[], into?: Tensors): Tensors | Promise<Tensors>;
}

export interface Engine {
  /** `onnxruntime-node cpu` */
  readonly name: string;
  readonly version: string;
  /** Threads that its results may depend on. */
  readonly threads: number;
  /** Made on first use and kept. */
  open(graph: string): Executable | Promise<Executable>;
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
