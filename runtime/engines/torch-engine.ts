/**
 * The engine for programs of the target torch (compiler/targets/torch), in a Python process of its own: requests go to it
 * over a pipe. It serves reports, samples and tests; `ganc run` starts the program's own loop, which Python keeps.
 * Updates are applied in place, one after another, each only if its losses are finite.
 */
import type { Engine, State, Step, Tensors } from './engine.ts';
import { startPython, type Pipe } from './torch/pipe.ts';

/** A Python process that computes for programs: several may share one. */
export interface TorchServer {
  readonly pipe: Pipe;
  /** PyTorch's. */
  readonly version: string;
  readonly threads: number;
}

/** Starts one; `python` is an interpreter that has PyTorch, `folder` holds a program. Throws EngineError. */
export async function torchServer(python: string, folder: string, threads: number): Promise<TorchServer> {
  const pipe = startPython(python, ['-m', 'ganc_torch.serve', String(threads)], folder);
  const { header } = await pipe.receive();
  return { pipe, version: String(header.version), threads };
}

/** `folder` holds the program's files. */
export function torchEngine(folder: string, { pipe, version, threads }: TorchServer, device: string): Engine {
  return {
    ...{ name: 'pytorch', version, device, threads },
    start: async (values) => {
      const { header } = await pipe.ask({ do: 'open', folder, device }, values);
      return stateOf(pipe, Number(header.program));
    },
  };
}

/** A look at a state that lies in the process at the other end; `which`: the program, where there are several. */
export function stateOver(pipe: Pipe, which: object = {}): Pick<State, 'report' | 'read'> {
  return {
    read: async (names) =>
      (await pipe.ask({ ...which, do: 'read', ...(names === undefined ? {} : { names: [...names] }) }))
        .tensors,
    async report(graph, feeds, names, replaced: Tensors = {}) {
      const given = Object.entries(replaced).map(([name, tensor]) => [`replaced ${name}`, tensor] as const);
      const tensors = { ...feeds, ...Object.fromEntries(given) };
      return (await pipe.ask({ ...which, do: 'report', graph, names }, tensors)).tensors;
    },
  };
}

function stateOf(pipe: Pipe, program: number): State {
  return {
    ...stateOver(pipe, { program }),
    async step(graph, feeds): Promise<Step> {
      const { header } = await pipe.ask({ do: 'step', program, graph }, feeds);
      const numbers = Object.entries(header.numbers as Record<string, string>);
      return {
        numbers: Object.fromEntries(numbers.map(([name, value]) => [name, numberOf(value)])),
        commit: () => undefined,
        next: async () => ({}),
      };
    },
    load: async (values) => void (await pipe.ask({ do: 'load', program }, values)),
    dispose: async () => void (await pipe.ask({ do: 'close', program })),
  };
}

/** Python's `repr`. */
const numberOf = (text: string): number => Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
